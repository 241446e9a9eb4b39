import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ExecutionContext } from 'ava';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { runOf } from '../../src/check/outages.js';
import { judgeRecord, runsOf } from '../../src/check/record.js';
import type { VerificationRecord } from '../../src/model/history.js';
import { topologySvg } from '../../src/render/topology.js';
import { comparisonOf } from '../../src/report/comparison.js';
import { htmlComparison } from '../../src/report/html/comparison.js';
import { htmlReport } from '../../src/report/html.js';
import { plan, record, started, verdict } from '../report/records.js';
import { matrix } from '../rig/matrix.js';
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

const report = htmlReport(verdict, record, { topologySvg: topologySvg(plan) });

interface Opening {
  readonly width: number;
  readonly dark?: boolean;
  readonly html?: string;
  /** Whether the browser runs scripts. */
  readonly scripts?: boolean;
}

interface Opened {
  readonly page: Page;
  /** What the page asked for, and what the browser had to say about it. */
  readonly requests: string[];
  readonly complaints: string[];
}

/** The report in a browser that has never seen anything else. */
const opened = async (
  t: ExecutionContext,
  { width, dark = false, html = report, scripts = true }: Opening,
): Promise<Opened> => {
  const folder = await mkdtemp(join(tmpdir(), 'quintet-browser-'));
  const file = join(folder, 'report.html');
  await writeFile(file, html);
  const browser: BrowserContext = await chromium.launchPersistentContext(join(folder, 'profile'), {
    executablePath: execFileSync('which', ['chromium'], { encoding: 'utf8' }).trim(),
    args: quietly,
    viewport: { width, height: 900 },
    colorScheme: dark ? 'dark' : 'light',
    javaScriptEnabled: scripts,
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

look('two runs side by side are no wider than a screen, a phone or a sheet of paper', async (t) => {
  const other = longer(9);
  const comparison = comparisonOf(
    { name: 'first', record, verdict },
    { name: '2026-11-22T19-05-08-123Z', record: other, verdict: judgeRecord(other) },
  );
  const { page, complaints } = await opened(t, { width: 400, html: htmlComparison(comparison) });
  for (const width of [400, 695, 1280]) {
    await page.setViewportSize({ width, height: 900 });
    if (width === 695) await page.emulateMedia({ media: 'print' });
    t.true(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), String(width));
  }
  t.deepEqual(complaints, []);
});

look('on A4 it is light whatever the screen is, and nothing is cut off', async (t) => {
  const { page } = await opened(t, { width: 1100, dark: true });
  const pdf = await page.pdf({ preferCSSPageSize: true, printBackground: true });
  const pages = pdf.toString('latin1').match(/\/Type \/Page\b/g)?.length ?? 0;
  t.true(pages >= 5 && pages <= 20, String(pages));
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

/** What of the page can be seen: entries of the contents, rows of the table, stories. */
const shown = async (page: Page) => ({
  entries: await page.locator('.entries > li:visible').count(),
  rows: await page.locator('.summary tbody tr:visible').count(),
  stories: await page.locator('article:visible, .folded:visible').count(),
  sections: await page.locator('section:visible').count(),
  said: await page.locator('.filter output').textContent(),
});

look(
  'the filter shows what has some words or an outcome, in the contents and everywhere, by keyboard alone',
  async (t) => {
    const { page, complaints } = await opened(t, { width: 1280 });
    const all = await shown(page);
    t.deepEqual(all, { entries: 18, rows: 10, stories: 10, sections: 8, said: '' });
    await page.keyboard.press('Tab');
    while ((await page.evaluate(() => document.activeElement?.getAttribute('name'))) !== 'words') {
      await page.keyboard.press('Tab');
    }
    await page.keyboard.type('POWER cut');
    const powerless = await shown(page);
    t.deepEqual(powerless, { entries: 2, rows: 2, stories: 2, sections: 6, said: '2 of 18 shown' });
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.press('Backspace');
    t.deepEqual(await shown(page), all);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Space');
    t.deepEqual(await shown(page), { entries: 15, rows: 8, stories: 8, sections: 8, said: '15 of 18 shown' });
    // Whoever follows a link to what is hidden sees it, and what is folded opens.
    await page.locator('.wrong a').last().press('Enter');
    await page.locator('#scenario-packet-loss').waitFor({ state: 'visible' });
    await page.locator('.wrong a').first().press('Enter');
    // The browser tells the page of it in a task of its own.
    await page.waitForFunction(() => document.querySelector('.out') === null);
    t.deepEqual(await shown(page), all);
    await page.locator('.entries a[href="#scenario-haproxy-killed"]').press('Enter');
    await page.locator('#scenario-haproxy-killed .chart.wide').first().waitFor({ state: 'visible' });
    await page.locator('.filter button').press('Enter');
    t.is(await page.locator('.folded:not([open])').count(), 0);
    t.deepEqual(complaints, []);
  },
);

look('without scripts all of it is there, and no filter', async (t) => {
  const { page } = await opened(t, { width: 1280, scripts: false });
  t.false(await page.locator('.filter').isVisible());
  t.is(await page.locator('.entries a:visible').count(), 18);
  await page.locator('.folded summary').first().click();
  t.true(await page.locator('.folded article .chart.wide').first().isVisible());
});

for (const width of matrix([400, 1600], [1000, 1240])) {
  look(`${width} pixels wide the contents lie on nothing else`, async (t) => {
    const { page } = await opened(t, { width });
    const boxes = await page.evaluate(() =>
      ['.contents', '.verdict', '.summary', '#summary'].map((selector) => {
        const { left, right, top, bottom } = document.querySelector(selector)?.getBoundingClientRect() ?? new DOMRect();
        return { left, right, top, bottom };
      }),
    );
    const [contents, ...others] = boxes;
    for (const other of others) {
      t.true(
        contents && (contents.right <= other.left || contents.bottom <= other.top || contents.top >= other.bottom),
      );
      t.true(other.right <= width);
    }
  });
}

/** The words on one page of a PDF, and how many pages it has. */
const onPaper = async (t: ExecutionContext, html: string) => {
  const { page } = await opened(t, { width: 1100, html });
  await page.emulateMedia({ media: 'print' });
  // 297 mm less the margins of 12 mm, at 96 pixels an inch.
  await page.setViewportSize({ width: 695, height: 1031 });
  return page.evaluate(() => {
    const bottom = (selector: string) => document.querySelector(selector)?.getBoundingClientRect().bottom ?? 0;
    return { first: bottom('.on-paper'), table: bottom('.summary'), next: document.querySelector('.on-paper ~ *') };
  });
};

look('on paper the first page is a summary: verdict, what failed, every scenario, machines and versions', async (t) => {
  for (const scenarios of [9, 24]) {
    const { first, table } = await onPaper(t, htmlReport(judgeRecord(longer(scenarios)), longer(scenarios)));
    t.true(table > 300 && first > table && first <= 1031, `${scenarios} scenarios: ${first}`);
  }
});

/** A record with so many scenarios and a hundred requests a second, as a full run has them. */
const longer = (count: number): VerificationRecord => {
  const runs = runsOf(record)
    .filter((history) => runOf(history)?.scenario.id !== 'power-cut')
    .map((history) => history.filter((event) => event.type !== 'probe' || event.id % 3 !== 2));
  const more = Array.from({ length: count }, (_, index) =>
    (runs[index % runs.length] ?? []).map((event) =>
      event.type === 'run-started'
        ? { ...event, scenario: { ...event.scenario, id: `${event.scenario.id}-${index}` } }
        : event,
    ),
  );
  const found = record.filter(({ type }) => type === 'found');
  return [started, ...found, ...more.flat(), { type: 'verification-ended', durationMs: 1 }];
};

look('the report of a full run weighs at most 600 KB and is there within a second', async (t) => {
  const full = longer(22);
  const html = htmlReport(judgeRecord(full), full, { topologySvg: topologySvg(plan) });
  t.true(Buffer.byteLength(html) <= 600_000, String(Buffer.byteLength(html)));
  const { page } = await opened(t, { width: 1280, html });
  // The best of several: what else this computer does is not the page's.
  const openedMs: number[] = [];
  for (let time = 0; time < 5; time += 1) {
    await page.reload();
    openedMs.push(
      await page.evaluate(() => {
        const [navigation] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
        return navigation?.loadEventEnd ?? Number.NaN;
      }),
    );
  }
  t.true(Math.min(...openedMs) <= 1000, openedMs.join());
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
