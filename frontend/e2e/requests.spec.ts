import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { chat, logged, makeGroup, makeProxyKey } from './house';
import { expect, test } from './test';

test('a request is seen as it ends, with every attempt it took, and again in the history', async ({
  page,
  visit,
  house,
  upstream,
}) => {
  // The second key is refused by the upstream, so that some request takes two attempts.
  await makeGroup(house, upstream, 'live', ['good-one', 'bad-two']);
  const proxyKey = await makeProxyKey(house);
  await visit('/requests?live=1');
  await expect(page.locator('[data-connection=live]').first()).toBeVisible();
  expect(await chat(house, 'live', proxyKey)).toBe(200);
  expect(await chat(house, 'live', proxyKey)).toBe(200);

  const rows = page.getByRole('row').filter({ hasText: 'gpt-4.1-nano' });
  await expect(rows).toHaveCount(2);
  await rows.filter({ hasText: 'attempt 2' }).getByRole('link').click();
  const attempts = page.getByRole('dialog').getByRole('list', { name: 'Attempts' }).getByRole('listitem');
  await expect(attempts).toHaveCount(2);
  await expect(attempts.first()).toContainText('The upstream refused the key.');
  await expect(attempts.last()).toContainText('Answered in full.');
  await page.keyboard.press('Escape');

  await logged(house, 2);
  await page.getByText('History', { exact: true }).click();
  await expect(rows).toHaveCount(2);
  await page.getByRole('combobox', { name: 'Result' }).selectOption('Failed');
  await expect(page.getByText('No request matches')).toBeVisible();
  await expect(page).toHaveURL(/result=failed/);
  await page.getByRole('button', { name: 'Clear filters' }).click();
  await expect(rows).toHaveCount(2);
});

test('history goes by pages, and Back returns', async ({ page, visit, house, upstream }) => {
  await makeGroup(house, upstream, 'many', ['good-one']);
  const proxyKey = await makeProxyKey(house);
  for (let i = 0; i < 60; i += 1) await chat(house, 'many', proxyKey);
  await logged(house, 60);
  await visit('/requests');
  const rows = page.getByRole('row').filter({ hasText: 'gpt-4.1-nano' });
  await expect(rows).toHaveCount(50);
  await page.getByRole('button', { name: 'Older' }).click();
  await expect(rows).toHaveCount(10);
  await page.goBack();
  await expect(rows).toHaveCount(50);
});

test('a pasted key is hunted by its fingerprint; the list is had as a file, and a filter is kept', async ({
  page,
  visit,
  house,
  upstream,
}) => {
  await makeGroup(house, upstream, 'hunt', ['good-hunted', 'good-other']);
  const proxyKey = await makeProxyKey(house);
  for (let i = 0; i < 4; i += 1) await chat(house, 'hunt', proxyKey);
  await logged(house, 4);
  await visit('/requests');
  const rows = page.getByRole('row').filter({ hasText: 'gpt-4.1-nano' });
  await expect(rows).toHaveCount(4);
  await page.getByRole('button', { name: 'More filters' }).click();
  const field = page.getByRole('textbox', { name: 'Key', exact: true });
  await field.fill('good-hunted');
  await field.press('Enter');
  await expect(page).toHaveURL(/key=[0-9a-f]{12}$/);
  await expect(rows).toHaveCount(2);
  expect(page.url()).not.toContain('hunted');

  const coming = page.waitForEvent('download');
  await page.getByRole('link', { name: 'CSV' }).click();
  const file = readFileSync(await (await coming).path(), 'utf8')
    .trim()
    .split('\n');
  expect(file).toHaveLength(3);
  expect(file[0]).toContain('requestId');

  await page.getByRole('button', { name: 'Saved' }).click();
  await page.getByRole('textbox', { name: 'Name of this filter' }).fill('the hunted');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Clear filters' }).click();
  await expect(rows).toHaveCount(4);
  await page.reload();
  await page.getByRole('button', { name: 'Saved' }).click();
  await page.getByRole('button', { name: 'the hunted', exact: true }).click();
  await expect(rows).toHaveCount(2);

  await page.getByRole('button', { name: 'Columns' }).click();
  await page.getByRole('menuitemcheckbox', { name: 'Caller' }).click();
  await expect(page.getByRole('columnheader', { name: 'Caller' })).toBeVisible();
});

test('a request is copied as a command that sends it again, and leads to its like', async ({
  page,
  visit,
  house,
  upstream,
  context,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await house.ask('mutation { updateSettings(input: { enableRequestBodyLogging: true }) { version } }');
  await makeGroup(house, upstream, 'again', ['good-one']);
  const proxyKey = await makeProxyKey(house);
  expect(await chat(house, 'again', proxyKey)).toBe(200);
  await logged(house, 1);
  await visit('/requests');
  await page.getByRole('row').filter({ hasText: 'gpt-4.1-nano' }).first().getByRole('link').click();
  const drawer = page.getByRole('dialog');
  await drawer.getByRole('button', { name: 'Copy as curl' }).click();
  await expect(drawer.getByRole('button', { name: 'Copied' })).toBeVisible();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied).not.toContain(proxyKey);
  const command = copied.replace('YOUR_PROXY_KEY', proxyKey);
  expect(execFileSync('sh', ['-c', command], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })).toContain('"choices"');

  await logged(house, 2);
  await drawer.getByRole('link', { name: 'Same caller' }).click();
  await expect(page).toHaveURL(/caller=/);
  await expect(page.getByRole('row').filter({ hasText: 'gpt-4.1-nano' })).toHaveCount(2);
});

test('the tail holds still by Space and under the pointer, and counts on', async ({ page, visit, house, upstream }) => {
  await makeGroup(house, upstream, 'held', ['good-one']);
  const proxyKey = await makeProxyKey(house);
  await visit('/requests?live=1');
  await expect(page.locator('[data-connection=live]').first()).toBeVisible();
  await chat(house, 'held', proxyKey);
  const rows = page.getByRole('row').filter({ hasText: 'gpt-4.1-nano' });
  await expect(rows).toHaveCount(1);
  await page.keyboard.press('Space');
  await chat(house, 'held', proxyKey);
  await expect(page.getByText('Paused; 1 request since')).toBeVisible();
  await expect(rows).toHaveCount(1);
  await page.keyboard.press('Space');
  await expect(rows).toHaveCount(2);

  await rows.first().hover();
  await chat(house, 'held', proxyKey);
  await expect(page.getByText('Paused; 1 request since')).toBeVisible();
  await page.getByRole('heading', { name: 'Requests' }).hover();
  await expect(rows).toHaveCount(3);
});

test('the dashboard shows traffic within seconds', async ({ page, visit, house, upstream }) => {
  await makeGroup(house, upstream, 'busy', ['good-one']);
  const proxyKey = await makeProxyKey(house);
  await visit('/');
  await expect(page.locator('[data-connection=live]').first()).toBeVisible();
  const figure = page.locator('dl > div').filter({ hasText: 'Requests' }).first().locator('dd').first();
  await expect
    .poll(async () => {
      await chat(house, 'busy', proxyKey);
      return Number.parseFloat((await figure.textContent()) ?? '');
    })
    .toBeGreaterThan(0);
});

test('a gateway that was away for a moment is found again without a word', async ({ page, visit, house, upstream, foresee }) => {
  // Browsers log every refused connection, whatever a page does about it.
  foresee(/WebSocket connection to .* failed/);
  await makeGroup(house, upstream, 'away', ['good-one']);
  const proxyKey = await makeProxyKey(house);
  await visit('/requests?live=1');
  const lamp = page.locator('[data-connection]').first();
  await expect(lamp).toHaveAttribute('data-connection', 'live');
  await house.restart(() => expect(lamp).toHaveAttribute('data-connection', 'lost'));
  await expect(lamp).toHaveAttribute('data-connection', 'live', { timeout: 20_000 });
  expect(await chat(house, 'away', proxyKey)).toBe(200);
  await expect(page.getByRole('row').filter({ hasText: 'gpt-4.1-nano' })).toHaveCount(1);
});
