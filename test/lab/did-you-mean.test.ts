import test from 'ava';
import { didYouMean, oneOf } from '../../src/lab/did-you-mean.js';

const cases: readonly (readonly [word: string, candidates: readonly string[], meant: string | undefined])[] = [
  ['fats', ['classic', 'balanced', 'fast'], 'fast'],
  ['wbe', ['load-balancer', 'web', 'app', 'database'], 'web'],
  ['loadbalancer', ['load-balancer', 'web'], 'load-balancer'],
  ['memory_mb', ['memoryMb', 'cores'], 'memoryMb'],
  ['memory', ['memoryMb', 'cores'], 'memoryMb'],
  ['vbox', ['virtualbox', 'libvirt', 'container'], 'virtualbox'],
  ['db', ['web', 'app', 'database'], 'database'],
  ['db', ['db', 'lb'], 'db'],
  ['postgres', ['mysql', 'mariadb'], undefined],
  ['x', ['mysql', 'mariadb'], undefined],
  ['anything', [], undefined],
  ['x'.repeat(10_000), ['x'], undefined],
];

for (const [word, candidates, meant] of cases) {
  test(`${word.slice(0, 20)} among ${candidates.join(', ') || 'nothing'} means ${meant ?? 'nothing'}`, (t) => {
    t.is(didYouMean(word, candidates), meant);
  });
}

test('words are listed as people do', (t) => {
  t.deepEqual(
    [oneOf([]), oneOf(['a']), oneOf(['a', 'b']), oneOf(['a', 'b', 'c'], 'and')],
    ['', 'a', 'a or b', 'a, b and c'],
  );
});
