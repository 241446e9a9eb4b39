import test from 'ava';
import fc from 'fast-check';
import { run } from '../../src/host/command.js';
import type { Lab } from '../../src/model/lab.js';
import type { Plan } from '../../src/model/plan.js';
import { planOf } from '../../src/plan/plan.js';
import { topologySvg } from '../../src/render/topology.js';
import { topologyDrawing } from '../../src/render/topology-drawing.js';
import { topologyGraph } from '../../src/render/topology-graph.js';
import { layoutOf } from '../../src/render/topology-layout.js';
import { topologyDot, topologyMermaid } from '../../src/render/topology-text.js';
import { labSchema } from '../../src/roles/lab-schema.js';
import { needs } from '../rig/needs.js';

const planWith = (machines: Readonly<Record<string, readonly string[]>>, title = 'A lab'): Plan =>
  planOf(
    labSchema.parse({
      title,
      machines: Object.fromEntries(Object.entries(machines).map(([name, roles]) => [name, { roles }])),
    }),
  );

const plain = planOf(labSchema.parse({}));
const many = planWith({
  ...Object.fromEntries(['lb1', 'lb2', 'lb3'].map((name) => [name, ['load-balancer']])),
  ...Object.fromEntries(['web1', 'web2'].map((name) => [name, ['web']])),
  ...Object.fromEntries(['app1', 'app2', 'app3'].map((name) => [name, ['app']])),
  db: ['database'],
});
const shared = planWith({ lb1: ['load-balancer'], web: ['web', 'load-balancer'], data: ['app', 'database'] });

/** Any lab with one to four machines of each role. */
const anyPlan = fc
  .tuple(
    ...['load-balancer', 'web', 'app', 'database'].map((role) =>
      fc.tuple(fc.constant(role), fc.integer({ min: 1, max: 4 })),
    ),
  )
  .map((counts) =>
    planWith(
      Object.fromEntries(
        counts.flatMap(([role, count]) =>
          Array.from({ length: count }, (_, index) => [`${role.slice(0, 3)}${index + 1}`, [role]]),
        ),
      ),
    ),
  );

test('the picture names every machine with its address and software', (t) => {
  const svg = topologySvg(plain);
  for (const { name, address } of plain.machines) {
    t.true(svg.includes(`>${name}</text>`), name);
    t.true(svg.includes(`>${address}</text>`), address);
  }
  for (const words of ['HAProxy + keepalived', 'nginx', 'Node.js', 'MySQL', plain.network.vip])
    t.true(svg.includes(words), words);
});

test('the picture says which ports are used, and what for', (t) => {
  const svg = topologySvg(planOf(labSchema.parse({ ports: { app: 3999, https: 8000 } })));
  for (const words of ['tcp 80, 8000', 'tcp 8443', 'tcp 3999', 'tcp 3306', 'dynamic requests'])
    t.true(svg.includes(words), words);
});

test('VRRP is one dashed line that goes both ways between two load balancers', (t) => {
  const vrrp = topologySvg(plain).match(/<path class="way vrrp".*marker-start.*marker-end.*\/>/g);
  t.is(vrrp?.length, 1);
  t.is(topologySvg(many).match(/<path class="way vrrp"/g)?.length, 3);
});

test('the picture follows light and dark, and has a title and a description for those who cannot see it', (t) => {
  const svg = topologySvg(plain);
  t.true(svg.includes('prefers-color-scheme: dark'));
  t.regex(svg, /role="img" aria-labelledby="topology-title topology-desc"/);
  t.regex(svg, /<desc id="topology-desc">.*app to db by tcp 3306.*<\/desc>/);
});

test('a title may hold anything without leaving its place', (t) => {
  const svg = topologySvg(planWith({ lb1: ['load-balancer'], web: ['web'] }, `</title><script>"'& $(x) <%= y %>`));
  t.false(svg.includes('<script>'));
  t.true(svg.includes('&lt;/title&gt;&lt;script&gt;&quot;&apos;&amp;'));
});

test('the same plan gives the same picture', (t) => {
  t.is(topologySvg(planOf(labSchema.parse({}))), topologySvg(plain));
});

test('boxes never overlap and stay inside the picture, whatever the number of machines', (t) => {
  t.notThrows(() =>
    fc.assert(
      fc.property(anyPlan, (plan) => {
        const { boxes, width, height } = layoutOf(topologyGraph(plan));
        const inside = boxes.every(
          (box) => box.x >= 0 && box.y >= 0 && box.x + box.width <= width && box.y + box.height <= height,
        );
        const apart = boxes.every((one) =>
          boxes.every(
            (other) =>
              one === other ||
              one.x + one.width <= other.x ||
              other.x + other.width <= one.x ||
              one.y + one.height <= other.y ||
              other.y + other.height <= one.y,
          ),
        );
        return inside && apart && boxes.length === plan.machines.length + 2;
      }),
      { numRuns: 60 },
    ),
  );
});

test('arrows that pass a tier go around its boxes', (t) => {
  for (const plan of [plain, many, shared]) {
    const { boxes, ways } = layoutOf(topologyGraph(plan));
    for (const { points, bend } of ways.filter((way) => way.bend === 'down')) {
      const passed = points.slice(1, -1);
      t.is(bend, 'down');
      for (const { x, y } of passed) {
        const hit = boxes.find((box) => x > box.x && x < box.x + box.width && y >= box.y && y <= box.y + box.height);
        t.is(hit?.name, undefined);
      }
    }
  }
});

test('a machine with two roles is one box with the software of both', (t) => {
  const svg = topologySvg(shared);
  t.is(svg.match(/>web<\/text>/g)?.length, 1);
  t.true(svg.includes('nginx + HAProxy'));
});

test('the drawing fits 60 columns and names every machine', (t) => {
  t.notThrows(() =>
    fc.assert(
      fc.property(anyPlan, (plan) => {
        const drawing = topologyDrawing(plan, 60);
        const lines = drawing.split('\n');
        return (
          lines.every((line) => [...line].length <= 60) && plan.machines.every(({ name }) => drawing.includes(name))
        );
      }),
      { numRuns: 60 },
    ),
  );
});

test('the drawing shows the lab as it is known', (t) => {
  t.is(
    topologyDrawing(plain, 60).split('\n').slice(10, 18).join('\n'),
    [
      '                             │',
      '            ┌────────────────┴────────────────┐',
      '            ▼                                 ▼',
      '┌───────────────────────┐         ┌───────────────────────┐',
      '│ lb1  192.168.56.11    │         │ lb2  192.168.56.12    │',
      '│ HAProxy + keepalived  │◄┄VRRP┄┄►│ HAProxy + keepalived  │',
      '└───────────────────────┘         └───────────────────────┘',
      '            └────────────────┬────────────────┘',
    ].join('\n'),
  );
});

test('the Mermaid chart has a node for every machine and an arrow for every connection', (t) => {
  const chart = topologyMermaid(plain);
  t.true(chart.startsWith('flowchart TD\n'));
  t.true(chart.includes('machine_app -->|"tcp 3306"| machine_db'));
  t.true(chart.includes('machine_lb1 <-.->|"VRRP"| machine_lb2'));
});

test('the Graphviz source quotes what it is given', (t) => {
  const hostile: Lab['title'] = 'a "b" \\ c';
  const dot = topologyDot(planWith({ lb1: ['load-balancer'], web: ['web'] }, hostile));
  t.true(dot.includes('label="a \\"b\\" \\\\ c";'));
});

needs('ruby')('the picture is well-formed XML', async (t) => {
  const title = `<%= "quotes" %> & 'more' #{x}`;
  for (const svg of [topologySvg(many), topologySvg(planWith({ lb1: ['load-balancer'], web: ['web'] }, title))]) {
    const { exitCode, stderr } = await run(['ruby', '-rrexml/document', '-e', 'REXML::Document.new(STDIN.read)'], {
      input: svg,
    });
    t.is(exitCode, 0, stderr);
  }
});
