import { fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { chat, makeGroup, makeProxyKey, startHouse, startUpstream, until } from '../e2e/house';
import { quantile, tell } from './measure';

const perSecond = 2000;
const seconds = 20;
const mostMegabytes = 150;
/**
 * The longest that an answer to a key or a click may take, 95 times of a hundred, in milliseconds: what https://web.dev/articles/inp
 * calls good. Crowd, gateway and upstream share the machine's processors with the page here.
 */
const responsive = 200;

test('the live tail at 2,000 requests a second loses count of none, and the page stays light and quick', async ({ browser }) => {
  const upstream = await startUpstream();
  const house = await startHouse({ MAX_CONCURRENT_REQUESTS: '0' });
  try {
    await makeGroup(house, upstream, 'busy', ['good-1', 'good-2', 'good-3']);
    const proxyKey = await makeProxyKey(house);
    const context = await browser.newContext({ baseURL: house.url });
    await context.request.post('/session', { data: { authKey: house.authKey }, headers: { Origin: house.url } });
    const page = await context.newPage();
    let shown = 0;
    let leftOut = 0;
    page.on('websocket', (socket) =>
      socket.on('framereceived', ({ payload }) => {
        const message = JSON.parse(String(payload)).payload?.data?.requestTail;
        if (!message) return;
        shown += message.requests.length;
        leftOut += Number(message.matched) - message.requests.length + Number(message.dropped);
      }),
    );
    await page.goto('/requests?live=1');
    // The tail begins when the socket is open, which is when the first of these is seen; they are counted apart.
    await until(async () => (await chat(house, 'busy', proxyKey)) === 200 && shown > 0);
    await page.waitForTimeout(1000);
    const before = shown + leftOut;
    await watchEvents(page);

    const tabs = await renderers(page);
    const processorTime = () => tabs.reduce((sum, pid) => sum + processorSeconds(pid), 0);
    const busyBefore = processorTime();
    const crowd = send(`${house.url}/proxy/busy/v1/chat/completions`, proxyKey);
    // A hand at work, as quick as hands are: holds the list, lets it go, looks for a page. What it writes must filter nothing.
    const stroke = { delay: 90 };
    page.setDefaultTimeout(30_000);
    while (!crowd.over()) {
      await page.getByRole('button', { name: 'Pause' }).click(stroke);
      await page.waitForTimeout(stroke.delay);
      await page.getByRole('button', { name: 'Resume' }).click(stroke);
      await page.waitForTimeout(stroke.delay);
      await page.keyboard.press('Control+K', stroke);
      await page.getByRole('dialog').getByRole('combobox').pressSequentially('groups', stroke);
      await page.keyboard.press('Escape', stroke);
    }
    const { sent, took } = await crowd.done;
    await until(async () => shown + leftOut - before >= sent, 15_000).catch(() => undefined);
    const busy = (processorTime() - busyBefore) / took;
    const megabytes = await memory(page);
    const delays = await page.evaluate(() => (window as unknown as { delays: number[] }).delays);

    tell('sent', `${sent} in ${took.toFixed(1)} s, ${Math.round(sent / took)} a second`);
    tell('shown + left out', `${shown} + ${leftOut}, ${before} of them before`);
    tell('private memory of the tab', `${megabytes.toFixed(0)} MB`);
    tell('processor time of the tab', `${Math.round(100 * busy)} % of one core`);
    tell(
      'from a key or click to its picture',
      `${quantile(delays, 0.95)} ms in 95 of 100, ${Math.max(...delays)} ms at most, of ${delays.length}`,
    );
    // Softly: what the machine cannot do says nothing against the rest.
    expect.soft(shown + leftOut - before, 'shown + left out').toBe(sent);
    expect.soft(sent / took, 'requests a second').toBeGreaterThan(perSecond * 0.95);
    expect.soft(megabytes, 'megabytes').toBeLessThan(mostMegabytes);
    expect.soft(quantile(delays, 0.95)).toBeLessThanOrEqual(responsive);
  } finally {
    await house.stop();
    await upstream.stop();
  }
});

interface Crowd {
  over: () => boolean;
  done: Promise<{ sent: number; took: number }>;
}

/** So many requests a second for so many seconds. */
function send(url: string, proxyKey: string): Crowd {
  const script = resolve(import.meta.dirname, 'crowd.mjs');
  const child = fork(script, [url, proxyKey, String(perSecond), String(seconds)], { execArgv: [] });
  let over = false;
  const done = new Promise<{ sent: number; took: number }>((told, failed) => {
    child.once('message', told);
    child.once('exit', (code) => {
      over = true;
      failed(new Error(`the crowd ended with ${code}`));
    });
  });
  // Whoever awaits it later is told; until then nobody listens.
  done.catch(() => undefined);
  return { over: () => over, done };
}

/** Notes how long each key and click took until its picture. */
function watchEvents(page: Page): Promise<void> {
  return page.evaluate(() => {
    const delays: number[] = [];
    (window as unknown as { delays: number[] }).delays = delays;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) if (/^(keydown|click|pointerdown)$/.test(entry.name)) delays.push(entry.duration);
    }).observe({ type: 'event', durationThreshold: 16, buffered: false } as PerformanceObserverInit);
  });
}

/** Megabytes that the page's process has for itself, after a collection; what all of Chromium's processes share is not counted. */
async function memory(page: Page): Promise<number> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('HeapProfiler.collectGarbage');
  const sizes = (await renderers(page)).map((pid) => {
    const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
    return Number(/^Private_Dirty:\s+(\d+)/m.exec(rollup)?.[1] ?? 0) / 1024;
  });
  return Math.max(...sizes);
}

/** The processes that draw pages; one of them is the tab's, and the others are kept in reserve. */
async function renderers(page: Page): Promise<number[]> {
  const whole = await page.context().browser()?.newBrowserCDPSession();
  const { processInfo } = (await whole?.send('SystemInfo.getProcessInfo')) ?? { processInfo: [] };
  return processInfo.filter((process) => process.type === 'renderer').map((process) => process.id);
}

/** What a process has had of the processors since it began (proc(5): ticks of a hundredth of a second). */
function processorSeconds(pid: number): number {
  const [, rest = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ');
  const fields = rest.split(' ').map(Number);
  return ((fields[11] ?? 0) + (fields[12] ?? 0)) / 100;
}
