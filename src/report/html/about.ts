import { slowWords } from '../../check/words.js';
import type { Environment } from '../../model/history.js';
import { usualPace } from '../../model/pace.js';
import type { RunFacts } from '../run-facts.js';
import { html, type Markup, type Piece } from './markup.js';
import { section } from './parts.js';

/** Where and with what it was made. */
export const environmentPart = ({ environment }: RunFacts): Piece => {
  if (environment === undefined) return undefined;
  const { quintet, node, system, cores, memoryMb, pace = usualPace } = environment;
  const computer = `${system}, ${cores} cores, ${Math.round(memoryMb / 102.4) / 10} GiB`;
  const rows: [string, string][] = [
    ['Quintet', quintet],
    ['Node.js', node],
    ['computer', computer],
    ...(pace > usualPace ? ([['its speed', `it ${slowWords(pace)}`]] as [string, string][]) : []),
  ];
  return section(
    'environment',
    'Environment and versions',
    html`<table class="versions"><thead><tr><th scope="col">where</th><th scope="col">what</th></tr></thead><tbody>
${rows.map(([name, value]) => html`<tr><th scope="row">${name}</th><td>${value}</td></tr>\n`)}${machineRows(environment)}</tbody></table>
`,
  );
};

const machineRows = ({ versions }: Environment): Markup[] =>
  Object.entries(versions).map(([machine, programs]) => {
    const words = Object.entries(programs).map(([program, version]) => html`<span>${program} ${version}</span> `);
    return html`<tr><th scope="row">${machine}</th><td class="programs">${words}</td></tr>\n`;
  });

/** How to do it again, and how to make this report again without doing it again. */
export const reproducePart = (run: RunFacts): Markup =>
  section(
    'again',
    'How to do it again',
    run.command === undefined
      ? undefined
      : html`<p>In the lab’s folder, the same verification:</p><pre><code>${run.command}</code></pre>`,
    run.seed === undefined
      ? undefined
      : html`<p>The seed <code>${run.seed}</code> chooses the same faults at the same times.</p>`,
    html`<p>Every figure on this page follows from <code>history.jsonl</code>, which lies beside it: each request, write, fault and change of hands, in order. From it alone comes this report, in any form:</p><pre><code>quintet report
quintet report --format html &gt; report.html</code></pre>`,
  );
