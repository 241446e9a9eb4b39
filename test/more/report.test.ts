import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ExecutionContext } from 'ava';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { topologySvg } from '../../src/render/topology.js';
import { htmlReport } from '../../src/report/html.js';
import { plan, record, verdict } from '../report/records.js';
import { needs } from '../rig/needs.js';

const look = needs('chromium').serial;

const quietly = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

interface Opened {
  readonly page: Page;
  /** What the page asked for, and what the browser had to say about it. */
  readonly requests: string[];
  readonly complaints: string[];
}

/** The report in a browser that has never seen anything else. */
const opened = async (
  t: ExecutionContext,
  { width, dark = false }: { readonly width: number; readonly dark?: boolean },
): Promise<Opened> => {
  const folder = await mkdtemp(join(tmpdir(), 'quintet-browser-'));
  const file = join(folder, 'report.html');
  await writeFile(file, htmlReport(verdict, record, { topologySvg: topologySvg(plan) }));
  const browser: BrowserContext = await chromium.launchPersistentContext(join(folder, 'profile'), {
    executablePath: execFileSync('which', ['chromium'], { encoding: 'utf8' }).trim(),
    args: quietly,
    viewport: { width, height: 900 },
    colorScheme: dark ? 'dark' : 'light',
  });
  t.teardown(async () => {
    await browser.close();
    await rm(folder, { recursive: true, force: true });
  });
  const page = await browser.newPage();
  const requests: string[] = [];
  const complaints: string[] = [];
  page.on('request', (request) => requests.push(request.url()));
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.goto(pathToFileURL(file).href);
  return { page, requests, complaints };
};

const brightness = (page: Page, of: 'backgroundColor' | 'color'): Promise<number> =>
  page.evaluate((property) => {
    const [red = 0, green = 0, blue = 0] = (getComputedStyle(document.body)[property].match(/[\d.]+/g) ?? []).map(
      Number,
    );
    return (red + green + blue) / 3;
  }, of);

/** The pictures that can be seen, and what can be seen of each. */
/** All of them, those of scenarios that are folded as well. */
const pictures = (page: Page) =>
  page.evaluate(() => {
    for (const folded of document.querySelectorAll('details')) folded.open = true;
    return [...document.querySelectorAll<SVGSVGElement>('svg.chart[role=img]')]
      .filter((svg) => svg.getBoundingClientRect().width > 0)
      .map((svg) => ({
        id: svg.getAttribute('aria-labelledby') ?? '',
        name: document.getElementById(svg.getAttribute('aria-labelledby') ?? '')?.textContent ?? '',
        width: svg.getBoundingClientRect().width,
        dots: [...svg.querySelectorAll<SVGPathElement>('path.probe')].filter((path) => path.getTotalLength() >= 0)
          .length,
        painted: [...svg.querySelectorAll('path.probe')].every((path) => getComputedStyle(path).stroke !== 'none'),
        smallestLetters: Math.min(
          ...[...svg.querySelectorAll('text')].map(
            (text) => Number.parseFloat(getComputedStyle(text).fontSize) * (text.getScreenCTM()?.a ?? 0),
          ),
        ),
      }));
  });

for (const dark of [false, true]) {
  look(`the report is readable on a ${dark ? 'dark' : 'light'} screen and asks the network for nothing`, async (t) => {
    const { page, requests, complaints } = await opened(t, { width: 1100, dark });
    t.deepEqual(complaints, []);
    t.is(requests.length, 1, requests.join('\n'));
    const [ground, letters] = [await brightness(page, 'backgroundColor'), await brightness(page, 'color')];
    t.true(dark ? ground < 40 && letters > 200 : ground > 220 && letters < 60, `${ground} ${letters}`);
    const seen = await pictures(page);
    t.is(seen.filter(({ id }) => id.startsWith('timeline')).length, 9);
    for (const { id, name, dots, painted, smallestLetters } of seen) {
      t.true(name !== '' && painted, id);
      if (id.startsWith('timeline')) t.true(dots > 0, id);
      t.true(smallestLetters >= 10, `${id}: ${smallestLetters}`);
    }
  });
}

look('on a phone nothing is wider than the screen, and letters in charts stay large enough', async (t) => {
  const { page, complaints } = await opened(t, { width: 400 });
  t.deepEqual(complaints, []);
  const { scroll, inner } = await page.evaluate(() => ({
    scroll: document.documentElement.scrollWidth,
    inner: window.innerWidth,
  }));
  t.true(scroll <= inner, `${scroll} > ${inner}`);
  const seen = await pictures(page);
  t.is(seen.filter(({ id }) => id.startsWith('timeline')).length, 9);
  for (const { id, width, smallestLetters } of seen) {
    t.true(width <= 400, id);
    t.true(smallestLetters >= 10, `${id}: ${smallestLetters}`);
  }
});

look('on A4 it is light whatever the screen is, and nothing is cut off', async (t) => {
  const { page } = await opened(t, { width: 1100, dark: true });
  const pdf = await page.pdf({ preferCSSPageSize: true, printBackground: true });
  const pages = pdf.toString('latin1').match(/\/Type \/Page\b/g)?.length ?? 0;
  t.true(pages >= 8 && pages <= 20, String(pages));
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
  t.true((await brightness(page, 'backgroundColor')) > 240);
  // 210 mm less the margins of 13 mm, at 96 pixels an inch.
  await page.setViewportSize({ width: 695, height: 1000 });
  const cut = await page.evaluate(() =>
    [...document.querySelectorAll('main *')]
      .filter((element) => !element.closest('svg') || element.matches('svg.chart'))
      .filter((element) => element.getBoundingClientRect().right > window.innerWidth + 1)
      .map((element) => `${element.tagName} ${element.className}`),
  );
  t.deepEqual(cut, []);
});

look('it can be walked through by keyboard and by ear', async (t) => {
  const { page } = await opened(t, { width: 1100 });
  const found = await page.evaluate(() => ({
    language: document.documentElement.lang,
    landmarks: [...document.body.children].map((element) => element.localName),
    unnamed: [...document.querySelectorAll('section, [role=region], [role=img]')]
      .filter((element) => {
        const [id = ''] = (element.getAttribute('aria-labelledby') ?? '').split(' ');
        const label = document.getElementById(id)?.textContent;
        return !(element.getAttribute('aria-label') || label);
      })
      .map((element) => element.outerHTML.slice(0, 80)),
    levels: [...document.querySelectorAll('h1, h2, h3, h4')].map((heading) => Number(heading.tagName.slice(1))),
    tablesWithoutHeads: [...document.querySelectorAll('table')].filter((table) => !table.querySelector('th[scope]'))
      .length,
    emptyLinks: [...document.querySelectorAll('a')].filter((link) => !link.textContent?.trim()).length,
  }));
  t.is(found.language, 'en');
  t.deepEqual(found.landmarks, ['header', 'main', 'footer']);
  t.deepEqual(found.unnamed, []);
  t.is(found.levels[0], 1);
  t.false(found.levels.some((level, index) => index > 0 && level > (found.levels[index - 1] ?? 0) + 1));
  t.is(found.tablesWithoutHeads, 0);
  t.is(found.emptyLinks, 0);
});
