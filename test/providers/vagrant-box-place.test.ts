import { posix, win32 } from 'node:path';
import test from 'ava';
import { boxPath } from '../../src/providers/vagrant/box-place.js';

const lab = 'D:\\labs\\my lab';

const onWindows: readonly (readonly [url: string, path: string | undefined])[] = [
  ['C:\\boxes\\x.box', 'C:\\boxes\\x.box'],
  ['c:/boxes/x.box', 'c:\\boxes\\x.box'],
  ['..\\x.box', 'D:\\labs\\x.box'],
  ['boxes/100% mine.box', 'D:\\labs\\my lab\\boxes\\100% mine.box'],
  ['\\\\server\\share\\x.box', '\\\\server\\share\\x.box'],
  ['file:///C:/my%20boxes/x.box', 'C:\\my boxes\\x.box'],
  ['file://C:/boxes/x.box', 'C:\\boxes\\x.box'],
  ['file://localhost/C:/boxes/x.box', 'C:\\boxes\\x.box'],
  ['https://example.test/x.box', undefined],
  ['s3:bucket/x.box', undefined],
];

const elsewhere: readonly (readonly [url: string, path: string | undefined])[] = [
  ['/boxes/x.box', '/boxes/x.box'],
  ['./x.box', '/labs/mine/x.box'],
  ['file:///my%20boxes/x.box', '/my boxes/x.box'],
  ['file://boxes/100%.box', '/labs/mine/boxes/100%.box'],
  ['HTTPS://example.test/x.box', undefined],
];

test('on Windows a drive is no scheme, and every way to write a path leads to the file', (t) => {
  for (const [url, path] of onWindows) t.is(boxPath(url, lab, win32), path, url);
});

test('elsewhere a path counts from the lab folder, also behind file://', (t) => {
  for (const [url, path] of elsewhere) t.is(boxPath(url, '/labs/mine', posix), path, url);
});
