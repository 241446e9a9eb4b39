import test from 'ava';
import { standbyIn } from '../../src/campaign/checks/gather-standbys.js';

const dump = '[{"data":{"iname":"site","vrid":51,"state":1},"stats":{"advert_rcvd":325,"advert_sent":0}}]';

test('a dump of keepalived says its state and how many adverts it has heard', (t) => {
  t.deepEqual(standbyIn('lb2', `free\ndump\n${dump}\n`), {
    machine: 'lb2',
    holds: false,
    state: 'backup',
    advertsHeard: 325,
  });
  t.like(standbyIn('lb1', `holds\ndump\n${dump.replace('"state":1', '"state":2')}`), { holds: true, state: 'master' });
});

test('one in FAULT says what can be seen of the causes', (t) => {
  const fault = `free\ndump\n${dump.replace('"state":1', '"state":3')}`;
  t.deepEqual(standbyIn('lb1', fault), { machine: 'lb1', holds: false, state: 'fault', advertsHeard: 325 });
  t.like(standbyIn('lb1', `${fault}\n\nits cable is out\nHAProxy does not answer\n`), {
    state: 'fault',
    why: 'its cable is out, HAProxy does not answer',
  });
});

test('one that does not run is stopped, and one that says nothing is unknown', (t) => {
  t.like(standbyIn('lb1', 'free\nstopped\n'), { holds: false, state: 'stopped' });
  t.like(standbyIn('lb1', 'holds\nsilent\n'), {
    holds: true,
    state: 'unknown',
    silence: 'keepalived wrote no dump of itself within 3 s',
  });
  t.like(standbyIn('lb1', ''), { state: 'unknown' });
});
