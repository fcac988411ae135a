import type { Page } from '@playwright/test';
import { chat, makeGroup, makeProxyKey, script } from './house';
import { expect, test } from './test';

/** Stands in the middle of every key here, and reads differently in each encoding. */
const canary = 'cAnAry&7+Q/q=z9';

/** The spellings of the canary that are looked for. */
function spellings(): string[] {
  const all = [
    canary,
    encodeURIComponent(canary),
    encodeURI(canary),
    JSON.stringify(canary).slice(1, -1),
    canary.replace('&', '\\u0026'),
  ];
  for (let shift = 0; shift < 3; shift += 1) {
    // What is left over at both ends depends on neighbours; what is between does not.
    const text = Buffer.from('-'.repeat(shift) + canary);
    const whole = text.subarray(Math.ceil(shift / 3) * 3, Math.floor(text.length / 3) * 3);
    all.push(whole.toString('base64'), whole.toString('base64url'));
  }
  return all;
}

/** All that a page is sent and all addresses that it asks for, by kind. */
function listen(page: Page) {
  const heard = new Map<string, string[]>();
  const arriving: Promise<void>[] = [];
  const keep = (kind: string, text: string) => heard.set(kind, [...(heard.get(kind) ?? []), text]);
  page.on('request', (request) => keep('address', request.url()));
  page.on('response', (answer) => {
    const kind = answer.request().resourceType();
    const read = async () => {
      keep('header', JSON.stringify(await answer.allHeaders()));
      keep(kind, await answer.text());
    };
    arriving.push(read().catch(() => {})); // the browser forgets what it got when the page is left meanwhile
  });
  page.on('websocket', (socket) => socket.on('framereceived', ({ payload }) => keep('frame', payload.toString())));
  return {
    kinds: () => [...heard.keys()].sort(),
    /** Where the canary is. */
    async found() {
      await Promise.all(arriving);
      return [...heard].flatMap(([kind, texts]) =>
        texts.flatMap((text) =>
          spellings().flatMap((s) =>
            text.includes(s) ? [`${kind}: ${text.slice(Math.max(0, text.indexOf(s) - 80), text.indexOf(s) + 40)}`] : [],
          ),
        ),
      );
    },
  };
}

/** Every page with what shows that it has come. */
const pages: [address: string, shows: string][] = [
  ['/', 'Dashboard'],
  ['/groups', 'pool'],
  ['/groups/pool', 'Use it'],
  ['/groups/pool/keys', 'INVALID'],
  ['/groups/pool/keys/import', 'Import'],
  ['/groups/pool/upstreams', 'Add an upstream'],
  ['/groups/pool/shaping', 'Model redirects'],
  ['/groups/pool/settings', 'Display name'],
  ['/groups/pool/try', 'Try'],
  ['/groups/pool/history', 'Created'],
  ['/requests', 'History'],
  ['/requests?live=1', 'Live'],
  ['/tasks', 'Validate'],
  ['/proxy-keys', 'Make a proxy key'],
  ['/nodes', 'serving'],
  ['/audit', 'By whom'],
  ['/settings', 'Request timeout'],
  ['/playground', 'Playground'],
];

test('no key reaches the browser but one that was asked for', async ({ page, visit, house, upstream }) => {
  test.setTimeout(180_000);
  const keys = ['good-0000', 'good-0001', 'bad-0002'].map((name) => `${name}-${canary}-of-the-pool`);
  const { id } = await makeGroup(house, upstream, 'pool', keys);
  await house.ask('mutation O($id: ID!) { updateGroup(id: $id, input: {overrides: {enableRequestBodyLogging: true}}) { id } }', {
    id,
  });
  const proxyKey = await makeProxyKey(house);
  const traffic = async () => {
    for (const always of ['', 'status=401; message={key}', 'status=500; message={key}']) {
      await script(upstream, keys[0] ?? '', always);
      for (let i = 0; i < 3; i += 1) await chat(house, 'pool', proxyKey);
    }
  };
  const heard = listen(page);
  await visit('/');
  await house.ask('mutation V($id: ID!) { validateKeys(keys: {groupId: $id, all: true}) { id } }', { id });
  for (const [address, shows] of pages) {
    await test.step(address, async () => {
      await page.goto(address);
      await expect(page.getByText(shows).filter({ visible: true }).first()).toBeVisible();
      if (address === '/' || address.endsWith('live=1')) await traffic();
      await expect(page.getByRole('status', { name: 'Loading' })).toHaveCount(0);
    });
  }
  await test.step('drawers', async () => {
    await page.goto('/requests');
    await page.getByRole('table').locator('tbody a').first().click();
    await expect(page.getByRole('dialog')).toBeVisible();
    await page.goto('/groups/pool/keys');
    await page.getByRole('table', { name: 'Keys' }).locator('tbody a').first().click();
    await expect(page.getByRole('dialog', { name: 'Key' })).toBeVisible();
  });
  expect(await heard.found()).toEqual([]);
  expect(heard.kinds()).toEqual(
    expect.arrayContaining(['address', 'document', 'fetch', 'frame', 'header', 'script', 'stylesheet']),
  );

  // Asked for, it comes, and is heard.
  const drawer = page.getByRole('dialog', { name: 'Key' });
  await drawer.getByRole('button', { name: 'Show the key' }).click();
  await expect(drawer.getByText(canary)).toBeVisible();
  expect((await heard.found()).length).toBeGreaterThan(0);
});
