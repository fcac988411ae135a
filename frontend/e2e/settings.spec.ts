import { accessibilityFaults, expect, scrollsSideways, test } from './test';

test('change settings, see them refused, save them, reset one', async ({ page, visit, house }) => {
  await visit('/settings');
  const timeout = page.getByLabel('Request timeout', { exact: true });
  await expect(timeout).toHaveValue('600');
  await timeout.fill('0');
  await page.getByRole('button', { name: 'Save 1 change' }).click();
  await expect(timeout).toHaveAttribute('aria-invalid', 'true');
  await timeout.fill('30');
  await page.getByLabel('Outbound proxy', { exact: true }).fill(`http://user:${'pass'.repeat(2)}@127.0.0.1:9`);
  await expect(page.getByRole('region', { name: 'Save changes' })).toContainText('Request timeout 600 s → 30 s');
  await page.getByRole('button', { name: 'Save 2 changes' }).click();
  await expect(page.getByRole('region', { name: 'Save changes' })).toBeHidden();
  await expect(page.getByLabel('Outbound proxy', { exact: true })).not.toHaveValue(/pass/);

  // A masked password stays what it was when something else is saved.
  const masked = await page.getByLabel('Outbound proxy', { exact: true }).inputValue();
  await page.getByRole('button', { name: 'Reset Request timeout' }).click();
  await page.getByRole('button', { name: 'Save 1 change' }).click();
  await expect(page.getByRole('region', { name: 'Save changes' })).toBeHidden();
  await expect(timeout).toHaveValue('600');
  await expect(page.getByLabel('Outbound proxy', { exact: true })).toHaveValue(masked);

  await timeout.fill('40');
  await house.ask('mutation { updateSettings(input: { requestTimeout: 50 }) { version } }');
  await expect(page.getByText('now 50 s by someone else')).toBeVisible();
  await page.getByRole('button', { name: 'Save mine' }).click();
  await expect(page.getByRole('region', { name: 'Save changes' })).toBeHidden();
  await expect(timeout).toHaveValue('40');
});

for (const scheme of ['light', 'dark'] as const) {
  for (const width of [1440, 390]) {
    test(`settings are accessible and fit, ${scheme} at ${width} px`, async ({ page, visit }) => {
      await page.emulateMedia({ colorScheme: scheme });
      await page.setViewportSize({ width, height: 844 });
      await visit('/settings');
      await page.getByLabel('Request timeout', { exact: true }).fill('30');
      await expect(page.getByRole('region', { name: 'Save changes' })).toBeVisible();
      expect(await accessibilityFaults(page)).toEqual([]);
      expect(await scrollsSideways(page)).toBe(false);
    });
  }
}
