import test from 'ava';
import { whenQuieter } from '../../src/cli/when-quieter.js';
import { scripted, world } from './world.js';

const loads = (...running: readonly number[]) => {
  const left = [...running];
  return { left, look: async () => ({ cores: 2, running: left.shift() ?? 0 }) };
};

test('a computer that has not much to do is not spoken of', async (t) => {
  const { context, told } = world('/');
  await whenQuieter(context, loads(5).look);
  t.deepEqual(told, []);
});

test('a busy one says so and what helps, and goes on where nobody can be asked', async (t) => {
  const { context, told } = world('/');
  await whenQuieter(context, loads(9).look);
  t.regex(
    told[0] ?? '',
    /^This computer is busy: 9 programs want its 2 cores at once\. .* It helps to close other programs/,
  );
});

const asked = (answer: string) => {
  const { prompts } = scripted([[/^Wait until it is quieter/, answer]]);
  return world('/', { interactive: true, prompts: async () => prompts }).context;
};

test('who wants to wait waits until it is quieter', async (t) => {
  const { left, look } = loads(9, 9, 8, 2, 9);
  await whenQuieter(asked('yes'), look, 1);
  t.deepEqual(left, [9]);
});

test('who does not goes on', async (t) => {
  const { left, look } = loads(9, 9);
  await whenQuieter(asked('no'), look, 1);
  t.deepEqual(left, [9]);
});
