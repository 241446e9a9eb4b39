import test from 'ava';
import { planOf } from '../../src/plan/plan.js';
import { labSchema } from '../../src/roles/lab-schema.js';
import { liveOf, nextOfTurns, tellTurns, turnsConvergence, turnsIn } from '../../src/roles/turns.js';

const look = (live: string, since: number, serving = live): string =>
  `live=${live}\nsince=${since}\nserving=${serving}\n`;
const looks = (...all: (string | undefined)[]) => new Map(all.map((text, index) => [`web${index + 1}`, text]));
const names = ['blue', 'green'];

test('only the application servers of a blue-green lab take turns', (t) => {
  const plan = planOf(labSchema.parse({ additional: 'blue-green' }));
  t.deepEqual(
    turnsIn(plan).map(({ name }) => name),
    names,
  );
  t.deepEqual(turnsConvergence.machines(plan), ['web']);
  for (const additional of ['load-balancer', 'monitoring', 'cache']) {
    const other = planOf(labSchema.parse({ additional }));
    t.deepEqual(turnsIn(other), []);
    t.deepEqual(turnsConvergence.machines(other), []);
  }
});

test('who is live is known where all that can be asked agree', (t) => {
  t.is(liveOf(looks(look('green', 5), look('green', 5))), 'green');
  t.is(liveOf(looks(look('green', 5), undefined)), 'green');
  // Nobody answers: that says nothing against it.
  t.is(liveOf(looks(look('green', 5, ''))), 'green');
  t.is(liveOf(looks(look('green', 5), look('blue', 0))), undefined);
  t.is(liveOf(looks(look('green', 5, 'blue'))), undefined);
  t.is(liveOf(looks(undefined)), undefined);
  t.is(liveOf(looks('live=\nsince=\nserving=\n')), undefined);
});

test('what was chosen last holds for all, and nothing is done where it does', (t) => {
  t.deepEqual(nextOfTurns(looks(look('green', 5), look('green', 5))), { kind: 'done' });
  t.deepEqual(nextOfTurns(looks(undefined, undefined)), { kind: 'done' });
  const next = nextOfTurns(looks(look('blue', 0), look('green', 7), look('blue', 5)));
  t.deepEqual(next.kind === 'act' && next.acts.map(({ machine, does }) => [machine, does.slice(1)]), [
    ['web1', ['follow', 'green', '7']],
    ['web3', ['follow', 'green', '7']],
  ]);
});

test('a web server that was ended between writing and reloading is made up for', (t) => {
  const next = nextOfTurns(looks(look('green', 7, 'blue')));
  t.deepEqual(next.kind === 'act' && next.acts.map(({ machine }) => machine), ['web1']);
});

test('status says who is live, who is idle, and what a broken off switch needs', (t) => {
  t.is(
    tellTurns(looks(look('green', 5), look('green', 5)), names),
    'green is live: web1 and web2 send their dynamic requests to it. blue is idle; quintet switch blue changes that.',
  );
  t.is(
    tellTurns(looks(look('green', 5), look('blue', 2)), names),
    'A switch was broken off: dynamic requests go from web2 to blue, from web1 to green. quintet switch green goes on.',
  );
  t.regex(tellTurns(looks(undefined), names), /not known/);
});
