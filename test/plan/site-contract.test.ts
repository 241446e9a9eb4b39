import test from 'ava';
import { planOf } from '../../src/plan/plan.js';
import { labSchema } from '../../src/roles/lab-schema.js';
import { ownApplication } from '../rig/own-application.js';

const siteOf = (app: object) => planOf(labSchema.parse({ app })).site;

test('the sample application promises the same whatever it runs on', (t) => {
  const site = siteOf({});
  t.truthy(site.entries?.list);
  for (const runtime of ['gunicorn', 'uwsgi']) t.deepEqual(siteOf({ runtime }), site);
});

test('an application of one’s own promises what lab.yaml says of it', (t) => {
  const { static: page, dynamic, entries } = siteOf({ ...ownApplication, writes: { put: '/a/ID', get: '/b/ID' } });
  t.is(page.path, '/index.html');
  t.deepEqual(dynamic, { path: '/health', contains: '' });
  t.deepEqual([entries?.write.method, entries?.write.path, entries?.read.path], ['PUT', '/a/ID', '/b/ID']);
  t.true(entries?.write.body.includes(entries.read.seen), 'what is looked for was written');
  const { writes: _, ...silent } = ownApplication;
  t.is(siteOf(silent).entries, undefined);
});
