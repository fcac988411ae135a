import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { makeGroup, script, until } from './house';
import { accessibilityFaults, expect, scrollsSideways, test } from './test';

const keys = (count: number) => Array.from({ length: count }, (_, i) => `good-${String(i).padStart(4, '0')}-of-the-pool`);

const rows = (page: Page) => page.getByRole('table', { name: 'Keys' }).locator('tbody tr[data-index]');

test('keys are found by state, cause, notes and by a pasted key that never reaches the address', async ({
  page,
  visit,
  house,
  upstream,
}) => {
  await makeGroup(house, upstream, 'pool', [...keys(20), 'bad-key-that-is-refused']);
  await visit('/groups/pool/keys');
  await expect(rows(page)).toHaveCount(21);
  const refused = rows(page).filter({ hasText: 'bad-' });
  await refused.getByRole('link').click();
  const drawer = page.getByRole('dialog', { name: 'Key' });
  await drawer.getByRole('button', { name: 'Test' }).click();
  await expect(drawer.getByText('The provider refused')).toBeVisible();
  await expect(drawer.getByText(/Incorrect API key/).first()).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(drawer).toBeHidden();
  await expect(refused.getByText('invalid')).toBeVisible();

  await page.getByLabel('State', { exact: true }).selectOption('invalid');
  await expect(rows(page)).toHaveCount(1);
  await page.getByLabel('Status code').selectOption('403');
  await expect(page.getByText('No key matches')).toBeVisible();
  await page.getByRole('button', { name: 'Clear filters' }).first().click();
  await expect(rows(page)).toHaveCount(21);

  await page.keyboard.press('/');
  await expect(page.getByLabel('Find keys')).toBeFocused();
  await page.keyboard.insertText('good-0007-of-the-pool');
  await expect(rows(page)).toHaveCount(1);
  await expect(page).toHaveURL(/q=[0-9a-f]{12}/);
  expect(page.url()).not.toContain('of-the-pool');
});

test('notes are written where they stand, and what looks like markup stays text', async ({ page, visit, house, upstream }) => {
  await makeGroup(house, upstream, 'pool', keys(3));
  await visit('/groups/pool/keys');
  const row = rows(page).first();
  await row.hover();
  await row.getByRole('button', { name: /^Edit the notes/ }).click();
  await page.keyboard.insertText('<img src=x onerror="document.title=1">');
  await page.keyboard.press('Enter');
  await expect(row.getByText('<img src=x')).toBeVisible();
  await page.reload();
  await expect(rows(page).first().getByText('<img src=x')).toBeVisible();
  expect(await page.locator('table img').count()).toBe(0);
});

test('a selection is a rule: counted, done to as a task, and undone for what came later', async ({
  page,
  visit,
  house,
  upstream,
}) => {
  const { id } = await makeGroup(house, upstream, 'pool', keys(120));
  await visit('/groups/pool/keys');
  await expect(rows(page).first()).toBeVisible();
  await page.getByLabel('Select all that match').click();
  await expect(page.getByText('All 120 keys of this group')).toBeVisible();
  await rows(page).nth(1).getByRole('checkbox').click();
  await expect(page.getByText('but 1')).toBeVisible();

  // What is imported now was not chosen.
  await house.ask('mutation I($id: ID!) { importKeys(groupId: $id, text: "good-came-later") { id } }', { id });
  await expect(page.getByText('1 new key')).toBeVisible();

  await page.getByRole('button', { name: 'Disable' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByText('Disable 119 keys').first()).toBeVisible();
  await dialog.getByRole('button', { name: 'Disable 119 keys' }).click();
  await expect(page.getByText('119 keys disabled')).toBeVisible();
  await expect(rows(page).first().getByText('disabled')).toBeVisible();
  await expect(rows(page).nth(1).getByText('living')).toBeVisible();
  await page.getByRole('button', { name: 'Show' }).click();
  await expect(rows(page).first().getByText('living')).toBeVisible();

  await rows(page).first().getByRole('checkbox').click();
  await page.getByLabel('State', { exact: true }).selectOption('disabled');
  await expect(page.getByText(/nothing is selected any more/)).toBeVisible();
  await expect(rows(page).first()).toBeVisible();
  await page.getByLabel('Select all that match').click();
  await expect(page.getByText('All 119 keys that match: disabled')).toBeVisible();

  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Export 119 keys' }).click();
  const file = await (await download).path();
  expect(readFileSync(file, 'utf8').trim().split('\n')).toHaveLength(119);

  await page.getByRole('button', { name: 'Delete' }).click();
  const confirm = page.getByRole('dialog').getByRole('button', { name: 'Delete 119 keys of pool' });
  await expect(confirm).toBeDisabled();
  await page.getByRole('dialog').getByRole('textbox').fill('pool');
  await confirm.click();
  await expect(page.getByText('119 keys deleted')).toBeVisible();
  await page.getByLabel('State', { exact: true }).selectOption('');
  await expect(rows(page)).toHaveCount(2);
});

test('a key is shown and copied when asked for, and both are on record', async ({ page, visit, house, upstream, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await makeGroup(house, upstream, 'pool', ['good-0001-of-the-pool']);
  await visit('/groups/pool/keys');
  await rows(page).first().getByRole('link').click();
  const drawer = page.getByRole('dialog', { name: 'Key' });
  await drawer.getByRole('button', { name: 'Copy', exact: true }).click();
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe('good-0001-of-the-pool');
  await expect(drawer.getByText('good-0001-of-the-pool')).toBeHidden();
  await drawer.getByRole('button', { name: 'Show the key' }).click();
  await expect(drawer.getByText('good-0001-of-the-pool')).toBeVisible();
  const { auditLog } = await house.ask<{ auditLog: { edges: unknown[] } }>(
    '{ auditLog(action: "revealKey") { edges { cursor } } }',
  );
  expect(auditLog.edges).toHaveLength(2);
  await page.keyboard.press('Escape');
  await expect(page).toHaveURL(/\/keys$/);
});

test('the keyboard goes through the table, and the focus outlives the window', async ({ page, visit, house, upstream }) => {
  await makeGroup(house, upstream, 'pool', keys(1000));
  await visit('/groups/pool/keys');
  await rows(page).first().getByRole('link').focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Space');
  await expect(page.getByText('1 key selected')).toBeVisible();
  await page.keyboard.press('End');
  await expect(page.locator('tr[data-index="999"] a')).toBeFocused();
  await page.mouse.move(700, 500);
  await page.mouse.wheel(0, -9000);
  await expect(page.locator('tr[data-index="999"]')).toHaveCount(0);
  await page.keyboard.press('Home');
  await expect(page.locator('tr[data-index="0"] a')).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog', { name: 'Key' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.locator('tr[data-index="0"] a')).toBeFocused();
  const table = page.getByRole('table', { name: 'Keys' });
  await expect(table).toHaveAttribute('aria-rowcount', '1001');
  await expect(rows(page).first()).toHaveAttribute('aria-rowindex', '2');
});

test('keys come in by paste and by file: looked at first, followed to the end, problems with their lines', async ({
  page,
  visit,
  house,
  upstream,
}) => {
  await makeGroup(house, upstream, 'pool', ['good-0001-of-the-pool']);
  await visit('/groups/pool/keys/import');
  await page.getByLabel('Keys to import').fill('good-0001-of-the-pool\ngood-new good-new\nbad\u0001key');
  await expect(page.getByText('1 key to add')).toBeVisible();
  await expect(page.getByText('1 already there')).toBeVisible();
  await expect(page.getByText('1 repeated')).toBeVisible();
  await expect(page.getByText(/^Line 3: /)).toBeVisible();
  await page.getByRole('button', { name: 'Import', exact: true }).click();
  await expect(page.getByText('1 key added')).toBeVisible();
  const download = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Download the problem' }).click();
  expect(readFileSync(await (await download).path(), 'utf8')).toContain('3,');

  const many = Array.from({ length: 20_000 }, (_, i) => `good-file-${i}`).join('\n');
  await page
    .getByLabel('Choose a file')
    .setInputFiles({ name: 'keys <b>of</b> the year.txt', mimeType: 'text/plain', buffer: Buffer.from(many) });
  await expect(page.getByText('20,000 keys to add')).toBeVisible();
  await page.getByRole('button', { name: 'Import', exact: true }).click();
  await expect(page.getByText('20,000 keys added')).toBeVisible({ timeout: 30_000 });
  await page.getByRole('link', { name: 'Open the task' }).click();
  await expect(page.getByText('keys <b>of</b> the year.txt')).toBeVisible();
});

test('tasks: running first, cancelled on request, and still there after going elsewhere', async ({
  page,
  visit,
  house,
  upstream,
}) => {
  const { id } = await makeGroup(house, upstream, 'pool', keys(400));
  for (const key of keys(20)) await script(upstream, key, 'delay=60s');
  await house.ask('mutation V($id: ID!) { validateKeys(keys: { groupId: $id, all: true }) { id } }', { id });
  await visit('/tasks');
  const task = page.getByRole('row').nth(1);
  await expect(task).toContainText('Validate keys');
  await page.getByRole('link', { name: 'Groups' }).first().click();
  await page.goBack();
  await expect(task).toContainText('Validate keys');
  await task.getByRole('button', { name: 'Cancel' }).click();
  await expect(task).toContainText('cancelled');
  await task.getByRole('link', { name: 'Validate keys' }).click();
  await expect(page.getByRole('heading', { name: 'Validate keys' })).toBeVisible();
  for (const key of keys(20)) await script(upstream, key);
});

for (const scheme of ['light', 'dark'] as const) {
  for (const width of [1440, 390]) {
    test(`keys, their import, tasks and the workbench are accessible and fit, ${scheme} at ${width} px`, async ({
      page,
      visit,
      house,
      upstream,
    }) => {
      test.slow();
      await page.emulateMedia({ colorScheme: scheme });
      await page.setViewportSize({ width, height: 844 });
      const { id } = await makeGroup(house, upstream, 'pool', [...keys(60), 'bad-key-that-is-refused']);
      await house.ask('mutation V($id: ID!) { validateKeys(keys: { groupId: $id, all: true }) { id } }', { id });
      await until(async () => {
        const { tasks } = await house.ask<{ tasks: { state: string }[] }>('{ tasks { state } }');
        return tasks.every((task) => task.state === 'SUCCEEDED');
      });
      await visit('/groups/pool/keys');
      await expect(rows(page).first()).toBeVisible();
      await rows(page).first().getByRole('checkbox').click();
      await look('the table with a selection');
      await rows(page).first().getByRole('link').click();
      await expect(page.getByRole('button', { name: 'Test' })).toBeVisible();
      await look('a key');
      await page.goto('/groups/pool/keys/import');
      await page.getByLabel('Keys to import').fill('good-new');
      await expect(page.getByText('1 key to add')).toBeVisible();
      await look('import');
      await page.goto('/tasks');
      await expect(page.getByRole('row').nth(1)).toBeVisible();
      await look('tasks');
      await page.getByRole('link', { name: 'Validate keys' }).click();
      await expect(page.getByText(/refused/).first()).toBeVisible();
      await look('a task');
      await page.goto('/groups/pool/try');
      await page.getByRole('button', { name: 'Send' }).click();
      await expect(page.getByRole('heading', { name: 'Attempts' })).toBeVisible();
      await look('the workbench');

      async function look(what: string) {
        await test.step(what, async () => {
          expect(await accessibilityFaults(page)).toEqual([]);
          expect(await scrollsSideways(page)).toBe(false);
        });
      }
    });
  }
}

test('the table keeps within its page at every width, with exact times too', async ({ page, visit, house, upstream }) => {
  await makeGroup(house, upstream, 'wide', ['good-one', 'bad-two']);
  await visit('/groups');
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  for (const times of ['relative', 'exact']) {
    await page.evaluate((how) => localStorage.setItem('roundhouse.times', how), times);
    for (const width of [1600, 1440, 1439, 1280, 1279, 1120, 1119, 1024, 1023, 900, 860, 859, 768, 767, 390]) {
      await page.setViewportSize({ width, height: 844 });
      await page.goto('/groups/wide/keys');
      const table = page.getByRole('table', { name: 'Keys' });
      await expect(table.getByRole('link').first()).toBeVisible();
      const faults = await table.evaluate((element) => {
        const scroller = element.parentElement?.parentElement;
        if (!scroller || getComputedStyle(scroller).overflowX !== 'auto') throw new Error('that is no scroller');
        const heads = [...element.querySelectorAll('thead th')].filter((head) => head.scrollWidth > head.clientWidth);
        return [
          ...heads.map((head) => `${head.textContent} is cut`),
          ...(scroller.scrollWidth > scroller.clientWidth ? ['it is too wide'] : []),
        ];
      });
      expect.soft(faults, `${times} at ${width} px`).toEqual([]);
    }
  }
});
