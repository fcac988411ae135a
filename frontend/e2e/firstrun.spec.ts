import { execFileSync } from 'node:child_process';
import { expect, test } from './test';

test('from the sign-in to the first proxied request in at most twelve actions', async ({ page, house, upstream, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.goto('/');
  await expect(page).toHaveURL(/\/sign-in\?next=/);
  await page.getByLabel('Admin key').fill(house.authKey); // 1
  await page.keyboard.press('Enter'); // 2

  await expect(page.getByRole('heading', { name: 'Set up Roundhouse' })).toBeVisible();
  await page.getByLabel('Upstream URL').fill(`${upstream.url}/v1`); // 3
  await page.getByRole('textbox', { name: 'Keys' }).fill('good-one\ngood-two\ngood-one'); // 4
  await expect(page.getByText('2 keys to add · 1 repeated')).toBeVisible();
  await page.getByRole('button', { name: 'Create group' }).click(); // 5

  await expect(page.getByText('Group openai is there')).toBeVisible();
  await expect(page.getByText('2 keys imported')).toBeVisible();
  await expect(page.getByText(/The provider answered in/)).toBeVisible();

  await page.getByRole('button', { name: 'Make a proxy key for this' }).click(); // 6
  await expect(page.getByText('YOUR_PROXY_KEY')).toBeHidden();
  await page.getByRole('button', { name: 'Copy', exact: true }).click(); // 7
  await expect(page.getByRole('button', { name: 'Copied' })).toBeVisible();
  await expect(page.getByText('Waiting for your first request…')).toBeVisible();

  const copied = await page.evaluate(() => navigator.clipboard.readText());
  const answer = JSON.parse(execFileSync('sh', ['-c', copied], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })); // 8
  expect(answer.choices[0].message.content).toBeTruthy();

  await expect(page.getByText('Waiting for your first request…')).toBeHidden();
  await page.getByRole('link', { name: 'Open its time line' }).click(); // 9
  await expect(page.getByRole('dialog').getByText('Answered in full.')).toBeVisible();

  await page.goto('/');
  await expect(page.getByText('All is well')).toBeVisible();
});

test('a key that the provider refuses is said so, with its words', async ({ page, visit, upstream }) => {
  await visit('/new-group');
  await page.getByLabel('Upstream URL').fill(`${upstream.url}/v1`);
  await page.getByRole('textbox', { name: 'Keys' }).fill('bad-one');
  await page.getByRole('button', { name: 'Create group' }).click();
  await expect(page.getByText(/The provider refused the first key: 401/)).toBeVisible();
});

test('whoever has no client at hand sends the first request from the page', async ({ page, visit, upstream }) => {
  await visit('/new-group');
  await page.getByRole('radio', { name: /^Anthropic/ }).check();
  await page.getByLabel('Upstream URL').fill(upstream.url);
  await page.getByRole('textbox', { name: 'Keys' }).fill('good-one');
  await page.getByRole('button', { name: 'Create group' }).click();
  await page.getByRole('button', { name: 'Send one from here' }).click();
  await expect(page.getByText('Waiting for your first request…')).toBeHidden();
  await page.getByRole('link', { name: 'Open its time line' }).click();
  await expect(page.getByRole('dialog').getByText('Answered in full.')).toBeVisible();
});
