/**
 * The page's only script: the filter of the contents, and what opens what is folded. The page's policy runs this text and no other,
 * by its digest, which a test holds to it. Everything can be read without it.
 */
export const script = `
const form = document.querySelector('.filter');
const all = [...document.querySelectorAll('[data-of]')];
const entries = all.filter((each) => each.dataset.outcome);
const groups = [...document.querySelectorAll('section, .weak, .full')].filter((each) => each.querySelector('[data-of]'));
const folds = [...document.querySelectorAll('details.folded')];

const textOf = (node) =>
  node.localName === 'svg' ? '' : node.nodeType === 3 ? node.data : [...node.childNodes].map(textOf).join(' ');
const words = new Map();
for (const each of all) {
  const { of } = each.dataset;
  words.set(of, (words.get(of) ?? '') + ' ' + textOf(each).toLowerCase());
}

const hide = (element, hidden) => element.classList.toggle('out', hidden);
const apply = () => {
  const { elements } = form;
  const asked = elements.words.value.toLowerCase().split(/\\s+/);
  const isShown = ({ dataset: { of, outcome } }) =>
    elements[outcome].checked && asked.every((word) => words.get(of).includes(word));
  const shown = new Set(entries.filter(isShown).map((each) => each.dataset.of));
  for (const each of all) hide(each, !shown.has(each.dataset.of));
  for (const group of groups) hide(group, !group.querySelector('[data-of]:not(.out)'));
  form.querySelector('output').value = shown.size === entries.length ? '' : shown.size + ' of ' + entries.length + ' shown';
};

const reveal = () => {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target === null) return;
  if (form && target.closest('.out')) {
    form.reset();
    apply();
  }
  const fold = target.closest('details');
  if (fold) fold.open = true;
  target.scrollIntoView();
};

if (form) {
  form.hidden = false;
  form.addEventListener('input', apply);
  form.addEventListener('submit', (event) => event.preventDefault());
  const button = form.querySelector('button');
  button.hidden = folds.length === 0;
  button.addEventListener('click', () => {
    const open = button.getAttribute('aria-pressed') !== 'true';
    for (const fold of folds) fold.open = open;
    button.setAttribute('aria-pressed', String(open));
  });
  apply();
}
addEventListener('hashchange', reveal);
reveal();
`;

/** SHA-256 of the script, in base64, as a Content-Security-Policy names it. */
export const scriptDigest = 'q2qfRXEcoyUOqVvlKxSXqBQNG2cDScqopzma41lXTns=';
