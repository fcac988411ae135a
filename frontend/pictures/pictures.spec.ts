import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Browser, chromium, test } from '@playwright/test';
import { type House, startHouse, startUpstream } from '../e2e/house';
import { bustle, furnish } from './town';

const images = resolve(import.meta.dirname, '../../docs/images');

interface Picture {
  name: string;
  address: string | ((house: House) => Promise<string>);
  scheme?: 'dark';
  phone?: true;
}

/** Those that every README shows in its own language. */
const shown: Picture[] = [
  { name: 'dashboard', address: '/?by=model' },
  { name: 'groups', address: '/groups' },
  { name: 'live', address: '/requests?live=1' },
  { name: 'request', address: retriedOne, scheme: 'dark' },
];

/** The rest of the house, in English alone. */
const rest: Picture[] = [
  { name: 'dashboard-dark', address: '/?range=week&lens=tokens&by=group', scheme: 'dark' },
  { name: 'dashboard-phone', address: '/', phone: true },
  { name: 'history', address: '/requests?range=7d&result=failed' },
  { name: 'group', address: '/groups/openai' },
  { name: 'keys', address: '/groups/openai/keys' },
  { name: 'members', address: '/groups/chat/members' },
  { name: 'upstreams', address: '/groups/openai/upstreams' },
  { name: 'shaping', address: '/groups/openai/shaping' },
  { name: 'try', address: '/groups/openai/try' },
  { name: 'new-group', address: '/new-group' },
  { name: 'proxy-keys', address: '/proxy-keys' },
  { name: 'tasks', address: '/tasks' },
  { name: 'settings', address: '/settings' },
  { name: 'nodes', address: '/nodes' },
  { name: 'audit', address: '/audit' },
  { name: 'playground', address: '/playground' },
];

interface Page {
  edges: { node: { requestId: string; attemptNumber: number } }[];
  pageInfo: { endCursor: string | null };
}

/** The address of the newest request that went well at its second attempt, over the list that follows what happens. */
async function retriedOne(house: House): Promise<string> {
  let after: string | null = null;
  do {
    const { requestLogs }: { requestLogs: Page } = await house.ask(
      `query($after: String) {
        requestLogs(filter: { attempt: FINAL, outcomes: [OK], groupNames: ["openai"] }, first: 200, after: $after) {
          edges { node { requestId attemptNumber } }
          pageInfo { endCursor }
        }
      }`,
      { after },
    );
    const retried = requestLogs.edges.find(({ node }) => node.attemptNumber === 2);
    if (retried) return `/requests/${retried.node.requestId}?live=1&group=openai`;
    after = requestLogs.pageInfo.endCursor;
  } while (after);
  throw new Error('no request was retried');
}

test('pictures of every page', async () => {
  const upstream = await startUpstream();
  const house = await startHouse({ ENCRYPTION_KEY: randomBytes(32).toString('hex') });
  const browser = await chromium.launch(test.info().project.use.launchOptions);
  try {
    const proxyKey = await furnish(house, upstream);
    const calm = bustle(house, upstream, proxyKey);
    // A minute is what the live figures look back on.
    await new Promise((done) => setTimeout(done, 60_000));
    await take(browser, house, 'en', [...shown, ...rest]);
    await take(browser, house, 'zh-CN', shown);
    await take(browser, house, 'ja', shown);
    calm();
  } finally {
    await browser.close();
    await house.stop();
    await upstream.stop();
  }
});

async function take(browser: Browser, house: House, locale: string, pictures: readonly Picture[]) {
  const folder = resolve(images, locale);
  mkdirSync(folder, { recursive: true });
  for (const { name, address, scheme, phone } of pictures) {
    const viewport = phone ? { width: 390, height: 844 } : { width: 1280, height: 800 };
    const context = await browser.newContext({ baseURL: house.url, locale, viewport, colorScheme: scheme ?? 'light' });
    const page = await context.newPage();
    await page.request.post('/session', { data: { authKey: house.authKey }, headers: { Origin: house.url } });
    await page.goto(typeof address === 'string' ? address : await address(house));
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.locator('.mantine-Skeleton-root').first().waitFor({ state: 'detached' });
    // Live figures need a few seconds until there is something to see.
    await page.waitForTimeout(5000);
    await page.screenshot({ path: resolve(folder, `${name}.png`), animations: 'disabled' });
    await context.close();
  }
}
