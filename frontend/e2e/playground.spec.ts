import { makeGroup } from './house';
import { accessibilityFaults, expect, test } from './test';

test('whoever is not signed in is sent to the sign-in, and comes back', async ({ page, house }) => {
  await page.goto('/playground');
  await page.getByRole('link', { name: 'Sign in' }).click();
  await page.getByLabel('Admin key').fill(house.authKey);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/playground$/);
  await expect(page.locator('.graphiql-container')).toBeVisible();
});

test('runs a query and a subscription, and keeps nothing in the browser', async ({ page, visit, house, upstream }) => {
  await makeGroup(house, upstream, 'seen', ['good-one']);
  await visit('/playground');
  const answer = page.locator('.graphiql-response');
  const run = page.getByRole('button', { name: /^Execute query/ });

  await expect(page.locator('.graphiql-query-editor')).toContainText('query Groups');
  await run.click();
  await expect(answer).toContainText('"seen"');

  await page.getByRole('button', { name: 'liveStats' }).click();
  // GraphiQL reads the operation's name a moment after the text has changed.
  await expect(page.locator('.graphiql-tab')).toContainText('LiveStats');
  await run.click();
  await expect(answer).toContainText('"requestsPerSecond"');
  const first = (await answer.textContent()) ?? '';
  await expect(answer).not.toHaveText(first);
  await page.getByRole('button', { name: /^Stop query/ }).click();

  expect(await page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith('graphiql')))).toEqual([]);
});

for (const [scheme, width] of [
  ['light', 1440],
  ['dark', 390],
] as const) {
  test(`the frame around GraphiQL is accessible, ${scheme} at ${width} px`, async ({ page, visit }) => {
    await page.emulateMedia({ colorScheme: scheme });
    await page.setViewportSize({ width, height: 844 });
    await visit('/playground');
    await expect(page.locator('.graphiql-container')).toBeVisible();
    await expect(page.locator('.graphiql-response')).toBeInViewport();
    expect(await accessibilityFaults(page)).toEqual([]);
  });
}
