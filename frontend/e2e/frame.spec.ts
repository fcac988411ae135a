import { makeGroup, script } from './house';
import { expect, test } from './test';

test('the palette goes to a group, a page and a request, and turns a pasted key into its fingerprint', async ({
  page,
  visit,
  house,
  upstream,
  context,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await makeGroup(house, upstream, 'openai', ['good-one']);
  await visit('/');
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await page.keyboard.press('Control+k');
  const field = page.getByRole('combobox', { name: 'Go anywhere' });
  await field.fill('open');
  await expect(page.getByRole('option', { name: /^openai/ })).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/groups\/openai$/);

  await page.keyboard.press('Control+k');
  await field.fill('audit');
  await expect(page.getByRole('option', { name: /^Audit/ })).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/audit$/);

  await page.keyboard.press('Control+k');
  await field.fill('0123456789abcdef0123456789abcdef');
  await expect(page.getByRole('option', { name: /request$/ })).toBeVisible();
  await field.fill('');
  await page.evaluate(() => navigator.clipboard.writeText('good-one-and-a-long-secret-7f3a'));
  await page.keyboard.press('Control+v');
  await expect(page).toHaveURL(/\/requests\?key=[0-9a-f]{12}$/);
  expect(page.url()).not.toContain('secret');
});

test('too many wrong keys are counted down', async ({ page, house, foresee }) => {
  // Browsers log every refused request, whatever a page does about it.
  foresee(/status of 429 .*\/session/);
  await page.goto('/sign-in');
  for (let i = 0; i < 6; i += 1) {
    const answer = await page.request.post(`${house.url}/session`, {
      data: { authKey: `wrong-${i}` },
      headers: { Origin: house.url },
    });
    if (answer.status() === 429) break;
  }
  await page.getByLabel('Admin key').fill('wrong-again');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('alert')).toContainText(/Try again in \d+ seconds?\./);
  await expect(page.getByRole('button', { name: 'Sign in' })).toBeDisabled();
});

test('a task under way is a number at Tasks and a line at the top, on every page', async ({ page, visit, house, upstream }) => {
  const { id } = await makeGroup(house, upstream, 'busy', ['good-but-slow']);
  await script(upstream, 'good-but-slow', 'delay=60s');
  await visit('/groups');
  const number = page.getByRole('link', { name: /^Tasks/ }).first();
  await expect(number).toHaveText('Tasks');
  await expect(page.locator('[data-connection=live]').first()).toBeVisible();
  const { validateKeys } = await house.ask<{ validateKeys: { id: string } }>(
    'mutation V($id: ID!) { validateKeys(keys: { groupId: $id, all: true }) { id } }',
    { id },
  );
  await expect(number).toContainText('1 running');
  await house.ask('mutation C($id: ID!) { cancelTask(id: $id) { id } }', validateKeys);
  await expect(number).toHaveText('Tasks');
  await script(upstream, 'good-but-slow');
});

test('single letters go places; switched off they do nothing', async ({ page, visit, house, upstream }) => {
  await makeGroup(house, upstream, 'openai', []);
  await visit('/');
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await page.keyboard.press('g');
  await page.keyboard.press('g');
  await expect(page).toHaveURL(/\/groups$/);
  await expect(page.getByLabel('Find a group')).toBeVisible();
  await page.keyboard.press('/');
  await expect(page.getByLabel('Find a group')).toBeFocused();
  await page.getByLabel('Find a group').blur();
  await page.keyboard.press('?');
  await page.getByRole('switch', { name: /^Single-letter/ }).uncheck({ force: true });
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();
  await page.keyboard.press('g');
  await page.keyboard.press('s');
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog')).toBeHidden();
  await expect(page).toHaveURL(/\/groups$/);
});
