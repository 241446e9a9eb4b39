import type { Finding, Outcome } from '../../model/verdict.js';
import { countsOf, marks, outcomeWords } from '../figures.js';
import { html, type Markup, type Piece } from './markup.js';
import { anchorOf, entryOf, markOf, type Part } from './parts.js';

const entry = (finding: Finding): Markup =>
  html`<li class="${finding.outcome}" data-outcome="${finding.outcome}"${entryOf(finding)}><a href="#${anchorOf(finding)}" title="${finding.title}"><span aria-hidden="true">${marks[finding.outcome]}</span><span class="unseen">${outcomeWords[finding.outcome].toLowerCase()}: </span><span class="entry">${finding.title}</span></a></li>`;

const chapter = ({ id, title, entries = [] }: Part): Markup =>
  html`<li class="${entries.length === 0 ? 'plain' : 'full'}"><a href="#${id}">${title}</a>${
    entries.length === 0 ? undefined : html`<ol class="entries">${entries.map(entry)}</ol>`
  }</li>
`;

const shown: Readonly<Record<Outcome, string>> = {
  fail: 'failed',
  unknown: 'unknown',
  pass: 'passed',
  skipped: 'skipped',
};

/** What is on the page, with each finding's outcome, and below which conditions it is shown. */
export const contents = (parts: readonly Part[]): Markup => html`<nav class="contents" aria-label="Contents">
${filter(parts.flatMap(({ entries = [] }) => entries))}
<ul class="chapters">
${parts.map(chapter)}</ul>
</nav>
`;

/** It works by the page's own script, and so stands there only where that runs. */
const filter = (findings: readonly Finding[]): Piece => {
  if (findings.length < 2) return undefined;
  const counts = countsOf(findings);
  const there = (Object.keys(shown) as Outcome[]).filter((outcome) => counts[outcome] > 0);
  return html`<form class="filter" role="search" aria-label="Filter" hidden>
<label class="find"><span class="unseen">Only what has these words</span><input type="search" name="words" placeholder="Filter: lb2, VIP, TLS …" autocomplete="off" spellcheck="false"></label>
<fieldset><legend class="unseen">Show what has</legend>${there.map(
    (outcome) =>
      html`<label class="${outcome}"><input type="checkbox" name="${outcome}" checked> ${markOf(outcome)}${counts[outcome]} ${shown[outcome]}</label>`,
  )}</fieldset>
<p><output></output> <button type="button" aria-pressed="false">Open all</button></p>
</form>`;
};
