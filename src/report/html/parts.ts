import type { Finding, Measure, Outcome } from '../../model/verdict.js';
import { figure, marks, outcomeWords } from '../figures.js';
import { html, type Markup, type Piece } from './markup.js';

/** An outcome as a coloured mark that is read out as its word. */
export const markOf = (outcome: Outcome): Markup =>
  html`<span class="mark ${outcome}" role="img" aria-label="${outcomeWords[outcome].toLowerCase()}">${marks[outcome]}</span>`;

/** Where a finding is told about on the page. */
export const anchorOf = ({ kind, id }: Pick<Finding, 'kind' | 'id'>): string =>
  `${kind}-${id.replaceAll(/[^\w-]/g, '_')}`;

/** Marks what tells of a finding: the filter shows and hides it together with all else that does. */
export const entryOf = (finding: Pick<Finding, 'kind' | 'id'>): Markup => html` data-of="${anchorOf(finding)}"`;

/** A part of the page, below a heading of its own. */
export interface Part {
  readonly id: string;
  readonly title: string;
  /** The findings that are told in it, in order, where the contents shall name each. */
  readonly entries?: readonly Finding[];
  readonly content: Piece;
}

export const section = ({ id, title, content }: Part): Markup =>
  html`<section aria-labelledby="${id}">
<h2 id="${id}">${title}</h2>
${content}
</section>
`;

/** A part of its bound as a bar; what goes beyond the bound goes beyond the mark in the bar. */
export const shareBar = ({ value, atMost, unit }: Measure): Piece => {
  if (atMost === undefined || atMost === 0) return undefined;
  const percent = Math.round((100 * value) / atMost);
  const words = `${figure(percent, 'percent')} of the ${figure(atMost, unit)} allowed`;
  const over = percent > 100 ? ' over' : '';
  return html`<span class="bar${over}" role="img" aria-label="${words}" title="${words}"><i style="width:${Math.min(100, Math.round(percent / 1.5))}%"></i></span>`;
};

/** A cell that says by itself what it tells, for where the head of the table is not shown. */
export const cell = (name: string, content: Piece): Markup => html`<td data-name="${name}">${content}</td>`;
