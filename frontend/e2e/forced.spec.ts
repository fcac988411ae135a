import type { Locator, Page } from '@playwright/test';
import { chat, logged, makeGroup, makeProxyKey, until } from './house';
import { expect, test } from './test';

/** A picture as one bit for each pixel: whether it stands out from the picture's own corner, at 3:1 or more. */
async function drawing(page: Page, place: Locator, margin = 0): Promise<string> {
  const box = await place.boundingBox();
  if (!box) throw new Error('it is not on the page');
  const clip = { x: box.x - margin, y: box.y - margin, width: box.width + 2 * margin, height: box.height + 2 * margin };
  const png = (await page.screenshot({ clip })).toString('base64');
  return page.evaluate(async (data) => {
    const image = new Image();
    image.src = `data:image/png;base64,${data}`;
    await image.decode();
    const { width, height } = image;
    const canvas = Object.assign(document.createElement('canvas'), { width, height }).getContext('2d');
    if (!canvas) throw new Error('there is no canvas');
    canvas.drawImage(image, 0, 0);
    const { data: bytes } = canvas.getImageData(0, 0, width, height);
    const linear = (byte = 0) => (byte / 255 <= 0.04045 ? byte / 255 / 12.92 : ((byte / 255 + 0.055) / 1.055) ** 2.4);
    const light = (at: number) => 0.2126 * linear(bytes[at]) + 0.7152 * linear(bytes[at + 1]) + 0.0722 * linear(bytes[at + 2]);
    const ground = light(0);
    return Array.from({ length: width * height }, (_, i) => {
      const [low, high] = [ground, light(4 * i)].sort((a, b) => a - b) as [number, number];
      return (high + 0.05) / (low + 0.05) >= 3 ? '1' : '0';
    }).join('');
  }, png);
}

const ink = (bits: string) => bits.replaceAll('0', '').length;
const apart = (a: string, b: string) => [...a].filter((bit, i) => bit !== b[i]).length;

for (const colorScheme of ['light', 'dark'] as const) {
  test(`with the reader's own colours forced, states keep their shapes and the focus is seen, ${colorScheme}`, async ({
    page,
    visit,
    house,
    upstream,
  }) => {
    await page.emulateMedia({ colorScheme, forcedColors: 'active' });
    const { id } = await makeGroup(house, upstream, 'forced', ['good-living', 'good-cooling', 'good-disabled', 'bad-invalid']);
    const only = (text: string) => ({ keys: { groupId: id, text } });
    await house.ask('mutation D($keys: KeySelector!) { disableKeys(keys: $keys) { id } }', only('good-disabled'));
    await house.ask('mutation V($keys: KeySelector!) { validateKeys(keys: $keys) { id } }', only('bad-invalid'));
    await fetch(`${upstream.url}/_script`, { method: 'POST', body: JSON.stringify({ key: 'good-cooling', do: ['status=402'] }) });
    const proxyKey = await makeProxyKey(house);
    await until(async () => {
      await chat(house, 'forced', proxyKey);
      const { group } = await house.ask<{ group: { keyCounts: Record<string, number> } }>(
        'query G($id: ID!) { group(id: $id) { keyCounts { cooling invalid disabled } } }',
        { id },
      );
      return Object.values(group.keyCounts).join() === '1,1,1';
    });

    await visit('/groups/forced/keys');
    const drawn: Record<string, string> = {};
    for (const [state, word] of Object.entries({
      living: 'living',
      cooling: /^cooling/,
      invalid: 'invalid',
      disabled: 'disabled',
    })) {
      const lamp = page.getByRole('row').locator('[data-state]').filter({ hasText: word }).first();
      await expect(lamp).toBeVisible();
      drawn[state] = await drawing(page, lamp.locator('svg'), 1);
      expect(ink(drawn[state] ?? ''), state).toBeGreaterThan(8);
    }
    const pictures = Object.values(drawn);
    for (const [i, one] of pictures.entries())
      for (const other of pictures.slice(i + 1)) expect(apart(one, other)).toBeGreaterThan(8);

    const bar = page.getByRole('img', { name: /^Keys:/ });
    expect(ink(await drawing(page, bar, 2))).toBeGreaterThan(100);

    for (const control of [page.getByRole('link', { name: 'Upstreams' }), page.getByRole('button', { name: 'Import keys' })]) {
      const before = await drawing(page, control, 6);
      await control.focus();
      await page.keyboard.press('Shift+Tab');
      await page.keyboard.press('Tab');
      await expect(control).toBeFocused();
      expect(apart(before, await drawing(page, control, 6))).toBeGreaterThan(100);
    }

    await logged(house, 1);
    await page.goto('/requests');
    await page
      .getByRole('row')
      .filter({ has: page.getByText('200', { exact: true }) })
      .first()
      .getByRole('link')
      .click();
    const rail = page.getByRole('dialog').locator('[data-phase=firstByte]').last();
    expect(ink(await drawing(page, rail, 3))).toBeGreaterThan(20);
  });
}
