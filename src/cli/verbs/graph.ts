import type { Plan } from '../../model/plan.js';
import { topologySvg } from '../../render/topology.js';
import { topologyDrawing } from '../../render/topology-drawing.js';
import { topologyDot, topologyMermaid } from '../../render/topology-text.js';
import { type RunVerb, textOption } from '../context.js';
import { openLab } from '../open-lab.js';

const formats: Readonly<Record<string, (plan: Plan) => string>> = {
  svg: topologySvg,
  mermaid: topologyMermaid,
  dot: topologyDot,
  text: (plan) => topologyDrawing(plan),
};

export const graph: RunVerb = async (context, words) => {
  const { plan } = await openLab(context);
  const draw = formats[textOption(words, 'format') ?? (context.raw.isTerminal ? 'text' : 'svg')];
  if (!draw) throw new Error('the verb table has a format that graph does not know');
  context.out(draw(plan));
  return undefined;
};
