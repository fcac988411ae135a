import { chat, makeGroup } from './house';
import { expect, test } from './test';

test('a proxy key is made for one group, opens it alone, and is removed', async ({ page, visit, house, upstream, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await makeGroup(house, upstream, 'open', ['good-one']);
  await makeGroup(house, upstream, 'shut', ['good-one']);
  await visit('/proxy-keys');
  await page.getByRole('button', { name: 'Make a proxy key' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('combobox', { name: 'Opens' }).selectOption('open');
  await dialog.getByRole('textbox', { name: 'Notes' }).fill('<script>alert(1)</script>');
  await dialog.getByRole('button', { name: 'Make 1 key' }).click();
  await dialog.getByRole('button', { name: 'Copy', exact: true }).click();
  await expect(dialog.getByRole('button', { name: 'Copied' })).toBeVisible();
  const key = await page.evaluate(() => navigator.clipboard.readText());
  await dialog.getByRole('button', { name: 'Done' }).click();

  await expect.poll(() => chat(house, 'open', key)).toBe(200);
  expect(await chat(house, 'shut', key)).toBe(401);
  const row = page.getByRole('row').filter({ hasText: '<script>' });
  await expect(row).toContainText('open');
  await expect(page.locator('body')).not.toContainText(key);

  await row.getByRole('button', { name: /^Remove/ }).click();
  const piece = (await dialog.locator('label code').textContent()) ?? '';
  await dialog.getByRole('textbox').fill(piece);
  await dialog.getByRole('button', { name: /^Remove/ }).click();
  await expect(row).toHaveCount(0);
  await expect.poll(() => chat(house, 'open', key)).toBe(401);
});

test('the audit log says who did what, by filters in its address', async ({ page, visit, house, upstream }) => {
  await makeGroup(house, upstream, 'noted', []);
  await house.ask('mutation { updateSettings(input: { requestTimeout: 30 }) { version } }');
  await visit('/audit');
  await expect(page.getByText('group noted').first()).toBeVisible();
  await page.getByRole('combobox', { name: 'What was done' }).selectOption('Changed settings');
  await expect(page).toHaveURL(/action=updateSettings/);
  await expect(page.getByText('group noted')).toHaveCount(0);
  await page.getByText('1 field').click();
  await expect(page.locator('ins')).toContainText('30');
});

test('this node is there, leads and serves', async ({ page, visit }) => {
  await visit('/nodes');
  await expect(page.getByRole('row', { name: /leads serving/ })).toBeVisible();
});

test('settings that someone else saves are seen at once', async ({ page, visit, house }) => {
  await visit('/settings');
  const timeout = page.getByLabel('Request timeout', { exact: true });
  await expect(timeout).toHaveValue('600');
  await expect(page.locator('[data-connection=live]').first()).toBeVisible();
  await house.ask('mutation { updateSettings(input: { requestTimeout: 45 }) { version } }');
  await expect(timeout).toHaveValue('45');
});
