import { chat, makeAggregate, makeGroup, makeProxyKey } from './house';
import { accessibilityFaults, cutText, expect, scrollsSideways, test } from './test';

/** Every page with what shows that it has come. */
const pages: [address: string, shows: string][] = [
  ['/', 'Dashboard'],
  ['/groups', 'shown'],
  ['/groups/shown', 'Use it'],
  ['/groups/shown/upstreams', 'Add an upstream'],
  ['/groups/shown/shaping', 'Model redirects'],
  ['/groups/shown/settings', 'Display name'],
  ['/groups/shown/history', 'Created'],
  ['/groups/all/members', 'How traffic is shared'],
  ['/new-group?kind=aggregate', 'Create aggregate'],
  ['/new-group', 'Provider'],
  ['/?by=model&lens=tokens', 'In all'],
  ['/requests', 'History'],
  ['/requests?live=1', 'Live'],
  ['/requests?charged=KEY&from=2026-01-01T00:00:00Z', 'since'],
  ['/proxy-keys', 'Make a proxy key'],
  ['/nodes', 'serving'],
  ['/audit', 'By whom'],
  ['/settings', 'Request timeout'],
];

for (const scheme of ['light', 'dark'] as const) {
  for (const width of [1440, 390]) {
    test(`every page is accessible and fits, ${scheme} at ${width} px`, async ({ page, visit, house, upstream }) => {
      test.setTimeout(240_000);
      await page.emulateMedia({ colorScheme: scheme });
      await page.setViewportSize({ width, height: 844 });
      await page.goto('/sign-in');
      await expect(page.getByLabel('Admin key')).toBeVisible();
      expect(await accessibilityFaults(page)).toEqual([]);

      // First run, before there is a group.
      await visit('/');
      await expect(page.getByRole('heading', { name: 'Set up Roundhouse' })).toBeVisible();
      await expect(page.getByRole('button', { name: 'Create group' })).toBeVisible();
      expect(await accessibilityFaults(page)).toEqual([]);

      await makeGroup(house, upstream, 'shown', ['good-one', 'bad-two']);
      await makeGroup(house, upstream, 'empty', []);
      await makeAggregate(house, 'all', ['shown', 'empty']);
      const proxyKey = await makeProxyKey(house);
      for (let i = 0; i < 3; i += 1) await chat(house, 'shown', proxyKey);
      await chat(house, 'shown', proxyKey, 'no-such-model');

      for (const [address, shows] of pages) {
        await test.step(address, async () => {
          await page.goto(address);
          await expect(page.getByText(shows).filter({ visible: true }).first()).toBeVisible();
          await expect(page.getByRole('status', { name: 'Loading' })).toHaveCount(0);
          expect(await accessibilityFaults(page)).toEqual([]);
          expect(await scrollsSideways(page)).toBe(false);
        });
      }

      await test.step('drawer', async () => {
        await page.goto('/requests');
        await page.getByRole('row').filter({ hasText: 'gpt-4.1-nano' }).first().getByRole('link').click();
        await expect(page.getByRole('dialog').getByRole('list', { name: 'Attempts' })).toBeVisible();
        expect(await accessibilityFaults(page)).toEqual([]);
        expect(await scrollsSideways(page)).toBe(false);
      });

      await test.step('proxy key', async () => {
        await page.goto('/proxy-keys');
        await page.getByRole('button', { name: 'Make a proxy key' }).click();
        await expect(page.getByRole('dialog')).toBeVisible();
        expect(await accessibilityFaults(page)).toEqual([]);
        await page.getByRole('button', { name: 'Make 1 key' }).click();
        await expect(page.getByRole('region', { name: 'New proxy keys' })).toBeVisible();
        expect(await accessibilityFaults(page)).toEqual([]);
      });

      await test.step('palette', async () => {
        await page.goto('/groups');
        await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
        await page.keyboard.press('Control+k');
        await expect(page.getByRole('option', { name: /^shown\s*group$/ })).toBeVisible();
        expect(await accessibilityFaults(page)).toEqual([]);
      });

      await test.step('dialog', async () => {
        await page.goto('/groups/shown');
        await page.getByRole('button', { name: 'More for this group' }).click();
        await page.getByRole('menuitem', { name: 'Delete group' }).click();
        await expect(page.getByRole('dialog')).toBeVisible();
        expect(await accessibilityFaults(page)).toEqual([]);
      });
    });
  }
}

for (const [locale, lang, groups] of [
  ['en', 'en', 'Groups'],
  ['zh-CN', 'zh-CN', '分组'],
  ['ja', 'ja', 'グループ'],
] as const) {
  test.describe(`in a browser that speaks ${locale}`, () => {
    test.use({ locale });
    test('the console speaks it too, on a phone as well, and no word is cut', async ({ page, visit, house, upstream }) => {
      test.setTimeout(120_000);
      await makeGroup(house, upstream, 'shown', ['good-one']);
      await makeAggregate(house, 'all', ['shown']);
      await visit('/groups');
      await expect(page.getByRole('heading', { name: groups, level: 1 })).toBeVisible();
      expect(await page.evaluate(() => document.documentElement.lang)).toBe(lang);
      await page.setViewportSize({ width: 390, height: 844 });
      const { group } = await house.ask<{ group: { id: string } }>('{ group(name: "shown") { id } }');
      const keys = await house.ask<{ keys: { edges: { node: { id: string } }[] } }>(
        'query K($id: ID!) { keys(groupId: $id, first: 1) { edges { node { id } } } }',
        group,
      );
      const further = [
        '/groups/shown/keys',
        `/groups/shown/keys/${keys.keys.edges[0]?.node.id}`,
        '/groups/shown/keys/import',
        '/groups/shown/try',
        '/tasks',
        '/playground',
        '/nowhere',
      ];
      for (const address of ['/sign-in', ...pages.map(([address]) => address), ...further]) {
        await test.step(address, async () => {
          await page.goto(address);
          await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
          await expect(page.locator('[aria-busy=true], [role=status]:has(.mantine-Skeleton-root)')).toHaveCount(0);
          expect(await scrollsSideways(page)).toBe(false);
          expect(await cutText(page)).toEqual([]);
        });
      }
    });
  });
}

test('language and theme change at once and are remembered', async ({ page, visit, house, upstream }) => {
  await makeGroup(house, upstream, 'shown', []);
  await visit('/groups');
  await page.getByRole('button', { name: 'Language' }).click();
  await page.getByRole('menuitemradio', { name: '日本語' }).click();
  await expect(page.getByRole('heading', { name: 'グループ', level: 1 })).toBeVisible();
  await page.getByRole('button', { name: /^テーマ/ }).click();
  await page.getByRole('button', { name: /^テーマ：ライト/ }).click();
  await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', 'dark');
  await page.reload();
  await expect(page.getByRole('heading', { name: 'グループ', level: 1 })).toBeVisible();
  await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', 'dark');
});

test('signing out ends the session, in another tab too', async ({ page, visit, house, upstream, context }) => {
  await makeGroup(house, upstream, 'shown', []);
  await visit('/groups');
  const other = await context.newPage();
  await other.goto('/groups');
  await expect(other.getByRole('heading', { name: 'Groups', level: 1 })).toBeVisible();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page.getByLabel('Admin key')).toBeVisible();
  await other.getByRole('link', { name: 'shown' }).click();
  const sheet = other.getByRole('dialog', { name: 'Sign in again' });
  await sheet.getByLabel('Admin key').fill(house.authKey);
  await other.keyboard.press('Enter');
  await expect(sheet).toBeHidden();
  await expect(other.getByRole('heading', { name: 'shown', level: 1 })).toBeVisible();
});
