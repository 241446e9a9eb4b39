import { slowWords } from '../../check/words.js';
import type { Environment } from '../../model/history.js';
import { usualPace } from '../../model/pace.js';
import type { RunFacts } from '../run-facts.js';
import { html, type Markup } from './markup.js';
import type { Part } from './parts.js';

/** Where and with what it was made. */
export const environmentPart = ({ environment }: RunFacts): Part | undefined => {
  if (environment === undefined) return undefined;
  const { quintet, node, pace = usualPace } = environment;
  const rows: [string, string][] = [
    ['Quintet', quintet],
    ['Node.js', node],
    ['computer', computerWords(environment)],
    ...(pace > usualPace ? ([['its speed', `it ${slowWords(pace)}`]] as [string, string][]) : []),
  ];
  const content = html`<table class="versions"><thead><tr><th scope="col">where</th><th scope="col">what</th></tr></thead><tbody>
${rows.map(([name, value]) => html`<tr><th scope="row">${name}</th><td>${value}</td></tr>\n`)}${machineRows(environment)}</tbody></table>
`;
  return { id: 'environment', title: 'Environment and versions', content };
};

export const computerWords = ({ system, cores, memoryMb }: Environment): string =>
  `${system}, ${cores} cores, ${Math.round(memoryMb / 102.4) / 10} GiB`;

const machineRows = ({ versions }: Environment): Markup[] =>
  Object.entries(versions).map(([machine, programs]) => {
    const words = Object.entries(programs).map(([program, version]) => html`<span>${program} ${version}</span> `);
    return html`<tr><th scope="row">${machine}</th><td class="programs">${words}</td></tr>\n`;
  });

/** How to do it again, and how to make this report again without doing it again. */
export const reproducePart = (run: RunFacts): Part => ({
  id: 'again',
  title: 'How to do it again',
  content: [
    run.command === undefined
      ? undefined
      : html`<p>In the lab’s folder, the same verification:</p><pre><code>${run.command}</code></pre>`,
    run.seed === undefined
      ? undefined
      : html`<p>The seed <code>${run.seed}</code> chooses the same faults at the same times.</p>`,
    html`<p>Every figure on this page follows from <code>history.jsonl</code>, which lies beside it: each request, write, fault and change of hands, in order. From it alone comes this report, in any form:</p><pre><code>quintet report
quintet report --format html &gt; report.html</code></pre>`,
  ],
});
