import type { Plan } from '../model/plan.js';
import { type Bundle, type Node, topologyGraph } from './topology-graph.js';

/** Text in a Mermaid label: quotes and the characters of its own entities as entities. */
const mermaidText = (text: string): string =>
  [...text].map((character) => (/[\w .,:+/-]/.test(character) ? character : `#${character.codePointAt(0)};`)).join('');

const mermaidId = (id: string): string => id.replaceAll('-', '_');

const mermaidArrows: Record<Bundle['style'], string> = { traffic: '-->', holds: '-.->', vrrp: '<-.->' };

/** The lab as a Mermaid flow chart, which GitHub and GitLab draw. */
export const topologyMermaid = (plan: Plan): string => {
  const { tiers, bundles } = topologyGraph(plan);
  const label = (node: Node) =>
    [node.name, node.kind === 'outside' ? '' : node.words, node.address].filter(Boolean).map(mermaidText).join('<br/>');
  const shape = (node: Node) => (node.kind === 'vip' ? `(["${label(node)}"])` : `["${label(node)}"]`);
  return [
    'flowchart TD',
    ...tiers.flat().map((node) => `  ${mermaidId(node.id)}${shape(node)}`),
    ...bundles.flatMap(({ style, label: words, arrows }) =>
      arrows.map(
        ([from, to]) => `  ${mermaidId(from)} ${mermaidArrows[style]}|"${mermaidText(words)}"| ${mermaidId(to)}`,
      ),
    ),
    '',
  ].join('\n');
};

const dotText = (text: string): string =>
  `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;

const dotStyles: Record<Bundle['style'], string> = {
  traffic: '',
  holds: ', style=dotted',
  vrrp: ', style=dashed, dir=both, constraint=false',
};

/** The lab as Graphviz source. */
export const topologyDot = (plan: Plan): string => {
  const { tiers, bundles } = topologyGraph(plan);
  const label = (node: Node) => dotText([node.name, node.words, node.address].join('\n'));
  return [
    `digraph ${dotText(plan.name)} {`,
    `  label=${dotText(plan.title)}; rankdir=TB; node [shape=box, style=rounded, fontname="sans-serif"]; edge [fontname="sans-serif", fontsize=10];`,
    ...tiers.map(
      (tier) =>
        `  { rank=same; ${tier.map((node) => `${dotText(node.id)} [label=${label(node)}${node.kind === 'vip' ? ', shape=ellipse' : ''}];`).join(' ')} }`,
    ),
    ...bundles.flatMap(({ style, label: words, arrows }) =>
      arrows.map(([from, to]) => `  ${dotText(from)} -> ${dotText(to)} [label=${dotText(words)}${dotStyles[style]}];`),
    ),
    '}',
    '',
  ].join('\n');
};
