import { exists } from '../../host/files.js';
import type { Lab } from '../../model/lab.js';
import { traitsOf } from '../../model/provider-traits.js';
import { boxName, publicBox, registryCloses } from '../../plan/boxes.js';
import { boxPath } from '../../providers/vagrant/box-place.js';
import { type Answers, type Asking, objection, type Question, withSetting } from './question.js';

const withoutBox = (answers: Answers): Answers => ({
  ...answers,
  settings: new Map([...answers.settings].filter(([path]) => !path.startsWith('box.'))),
});

/** A file is named from here, and found from the lab folder. */
const placeOf = (text: string, cwd: string): string => boxPath(text.trim(), cwd) ?? text.trim();

const refused = async (text: string, cwd: string): Promise<string | undefined> => {
  if (text.trim() === '') return 'A box needs a place: a file, or an address.';
  const file = boxPath(text.trim(), cwd);
  return file === undefined || (await exists(file)) ? undefined : `There is no such file: ${file}.`;
};

const ownBox = async (answers: Answers, lab: Lab, { prompts, cwd }: Asking): Promise<Answers> => {
  const place = await prompts.input({
    back: true,
    message: 'Which box: a file, or an address?',
    ...(lab.box.url === undefined ? {} : { default: lab.box.url }),
    validate: (text) => refused(text, cwd),
  });
  const url = placeOf(place, cwd);
  const named = withSetting(answers, 'box.url', url);
  const next = withSetting(named, 'box.name', lab.box.name ?? `quintet/${lab.system}`);
  if (boxPath(url, cwd) !== undefined) return next;
  const sha256 = await prompts.input({
    back: true,
    message: 'Its SHA-256 checksum? (Enter for none)',
    default: lab.box.sha256 ?? '',
    validate: async (text) =>
      text.trim() === '' ? undefined : objection(withSetting(next, 'box.sha256', text.trim())),
  });
  return sha256.trim() === '' ? next : withSetting(next, 'box.sha256', sha256.trim());
};

/** Where Vagrant takes the machines from; the public box needs a registry that closes. */
export const boxQuestion: Question = {
  name: 'Box',
  path: 'box',
  applies: (lab) => traitsOf(lab).madeFrom === 'box',
  shown: (lab) => (lab.box.url === undefined ? boxName(lab) : `${boxName(lab)} from ${lab.box.url}`),
  ask: async (answers, lab, asking) => {
    const which = await asking.prompts.select({
      back: true,
      message: 'Where shall Vagrant take the machines from?',
      choices: [
        {
          value: 'public',
          name: `the public box ${publicBox(lab.system)}`,
          description: `fetched over the network once; its registry takes no new boxes any more and closes after ${registryCloses}`,
        },
        {
          value: 'own',
          name: 'a box of your own: a file, or an address',
          description:
            'quintet box build (Linux) and quintet bake make one: its machines need no network, and come up sooner',
        },
      ],
      default: lab.box.url === undefined ? 'public' : 'own',
    });
    const first = withoutBox(answers);
    return which === 'public' ? first : ownBox(first, lab, asking);
  },
};
