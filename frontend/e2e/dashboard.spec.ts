import { chat, fill, makeGroup, makeProxyKey } from './house';
import { expect, test } from './test';

test('a day of traffic: lenses, names, a brush, and the requests behind a peak', async ({ page, visit, house, upstream }) => {
  await makeGroup(house, upstream, 'front', ['good-one', 'good-two']);
  await makeGroup(house, upstream, 'batch', ['good-three']);
  await makeProxyKey(house);
  await house.restart(() => fill(house, 3000, 2));
  await visit('/');
  const traffic = page.getByRole('region', { name: 'Traffic' });
  await expect(traffic.getByRole('button', { name: /^Requests 1\.\dK/ })).toBeVisible();

  await traffic.getByRole('button', { name: /^Errors/ }).click();
  await expect(page).toHaveURL(/lens=errors/);
  await traffic.getByRole('combobox', { name: 'Told apart by' }).selectOption('By group');
  await expect(traffic.getByRole('table')).toContainText('front');

  // A name in a list narrows the whole page, and Back widens it again.
  await page.getByRole('region', { name: 'Groups' }).getByRole('button', { name: 'batch' }).click();
  await expect(page).toHaveURL(/group=batch/);
  await page.goBack();
  await expect(page).not.toHaveURL(/group=batch/);
  await expect(traffic.getByRole('table')).toContainText('front');

  const plot = traffic.locator('.u-over');
  await plot.scrollIntoViewIfNeeded();
  const box = (await plot.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
  await page.mouse.move(box.x + box.width * 0.4, box.y + 40);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.6, box.y + 60, { steps: 4 });
  await page.mouse.up();
  await expect(page).toHaveURL(/range=20\d\d-.+\.\.20\d\d/);
  await expect(traffic.getByRole('button', { name: /^Remove the filter/ })).toBeVisible();

  await traffic.getByRole('link', { name: 'See these requests' }).click();
  await expect(page).toHaveURL(/\/requests\?.*from=.+to=.+result=failed/);
  await expect(page.getByRole('row').nth(1)).toBeVisible();
});

test('arrow keys walk through the chart, and Enter zooms', async ({ page, visit, house, upstream }) => {
  await makeGroup(house, upstream, 'front', ['good-one']);
  await makeProxyKey(house);
  await house.restart(() => fill(house, 600, 1));
  await visit('/');
  const chart = page.getByRole('group', { name: 'Traffic: Requests' });
  await chart.focus();
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowLeft');
  await expect(chart.locator('xpath=..').getByRole('status')).toContainText(/succeeded \d+/);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/range=20/);
});

test('a key that fails is named with its cause, and leads to what it failed at', async ({ page, visit, house, upstream }) => {
  await makeGroup(house, upstream, 'front', ['good-one', 'bad-two']);
  const proxyKey = await makeProxyKey(house);
  for (let i = 0; i < 8; i += 1) await chat(house, 'front', proxyKey);
  await visit('/');
  await expect(page.getByRole('region', { name: 'Failing keys' })).toContainText(/401 · Incorrect API key/);
  await page.getByRole('region', { name: 'Failing keys' }).getByRole('link').first().click();
  await expect(page).toHaveURL(/key=[0-9a-f]{12}/);
});
