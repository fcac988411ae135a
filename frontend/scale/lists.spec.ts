import { type Browser, type Page, test } from '@playwright/test';
import type { House } from '../e2e/house';
import { expectMost, firstPaint, runs, scrollFrames } from './measure';
import { openWarehouse } from './warehouse';

let house: House;
test.beforeAll(async () => {
  house = await openWarehouse();
});
test.afterAll(() => house.stop());

/** A tab of a browser that has been nowhere yet, signed in. */
async function freshPage(browser: Browser): Promise<Page> {
  const context = await browser.newContext({ baseURL: house.url });
  await context.request.post('/session', { data: { authKey: house.authKey }, headers: { Origin: house.url } });
  return context.newPage();
}

test('half a million keys: seen at once, anywhere at once, scrolled without a hitch', async ({ browser }) => {
  const paints: number[] = [];
  const page = await freshPage(browser);
  for (let run = 0; run < runs; run += 1) paints.push(await firstPaint(page, '/groups/big/keys', 'tr[data-index] a'));
  expectMost('keys, first paint of data, the first time with nothing cached', paints, 1000, 'ms');

  const jumps: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    const took: number[] = [];
    for (const at of [0.9, 0.1, 0.55, 0.35, 0.99, 0.02, 0.75, 0.5, 1, 0]) {
      took.push(await jump(page, at));
      await page.waitForTimeout(300);
    }
    jumps.push(Math.max(...took));
  }
  expectMost('keys, the slowest of ten jumps', jumps, 300, 'ms');

  const frames: number[] = [];
  for (let run = 0; run < runs; run += 1) frames.push(await scrollFrames(page, 800, 500, 16_000));
  expectMost('keys, 95th percentile of the frames while scrolling', frames, 50, 'ms');
});

/** Drags the thumb to a part of its way; milliseconds until the rows there are painted. */
function jump(page: Page, at: number): Promise<number> {
  return page.evaluate(
    (part) =>
      new Promise<number>((arrived) => {
        const scroller = document.querySelector('table[aria-rowcount]')?.parentElement?.parentElement;
        if (!scroller) throw new Error('there is no scroller');
        const box = scroller.getBoundingClientRect();
        const first = () =>
          [...scroller.querySelectorAll<HTMLElement>('tbody tr')].filter((row) => {
            const { top, bottom } = row.getBoundingClientRect();
            return bottom > box.top + 40 && top < box.bottom - 4;
          });
        const before = first()[0]?.dataset.index;
        const began = performance.now();
        scroller.scrollTop = part * (scroller.scrollHeight - scroller.clientHeight);
        function look() {
          const rows = first();
          const there =
            rows.length > 10 && rows.every((row) => row.dataset.absent === undefined) && rows[0]?.dataset.index !== before;
          if (there) setTimeout(() => arrived(performance.now() - began));
          else requestAnimationFrame(look);
        }
        requestAnimationFrame(look);
      }),
    at,
  );
}

test('a million requests: seen at once, any time at once, page by page at once, scrolled without a hitch', async ({
  browser,
}) => {
  const paints: number[] = [];
  const page = await freshPage(browser);
  for (let run = 0; run < runs; run += 1) paints.push(await firstPaint(page, '/requests?range=7d', 'tbody tr a'));
  expectMost('requests, first paint of data, the first time with nothing cached', paints, 1000, 'ms');

  const times: number[] = [];
  const pages: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    const took: number[] = [];
    for (const hours of [120, 3, 70, 30, 100, 12]) {
      const to = new Date(Date.now() - hours * 3_600_000);
      const from = new Date(to.getTime() - 3_600_000);
      took.push(await goTo(page, `/requests?from=${from.toISOString()}&to=${to.toISOString()}`));
    }
    times.push(Math.max(...took));
    pages.push(await goTo(page, 'older'));
  }
  expectMost('requests, the slowest of six jumps in time', times, 300, 'ms');
  expectMost('requests, the next page', pages, 300, 'ms');

  const frames: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    await page.evaluate(() => window.scrollTo({ top: 0 }));
    frames.push(await scrollFrames(page, 800, 500, 4000));
  }
  expectMost('requests, 95th percentile of the frames while scrolling', frames, 50, 'ms');
});

/** Goes to an address within the page, or to the next older rows; milliseconds until other rows are painted. */
function goTo(page: Page, where: string): Promise<number> {
  return page.evaluate(
    (address) =>
      new Promise<number>((arrived) => {
        const first = () => document.querySelector('tbody tr a')?.getAttribute('href')?.replace(/\?.*/, '');
        const before = first();
        const began = performance.now();
        if (address === 'older') {
          [...document.querySelectorAll('button')]
            .find((button) => /^(Older|Look further back)/.test(button.textContent ?? ''))
            ?.click();
        } else {
          history.pushState(null, '', address);
          dispatchEvent(new PopStateEvent('popstate'));
        }
        function look() {
          const now = first();
          if (now !== undefined && now !== before) setTimeout(() => arrived(performance.now() - began));
          else requestAnimationFrame(look);
        }
        requestAnimationFrame(look);
      }),
    where,
  );
}

test.afterEach(async ({ browser }) => {
  for (const context of browser.contexts()) await context.close();
});
