import type { Page } from '@playwright/test';
import { chat, makeAggregate, makeGroup, makeProxyKey } from './house';
import { expect, test } from './test';

/** Notes on each page the longest that anything moves there, in milliseconds. */
async function watchMotion(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const seen = { longest: 0 };
    Object.assign(window, { motion: seen });
    // Of the whole page, since what is drawn before and after an element moves too. What goes round for ever is a sign of waiting.
    const look = () => {
      for (const animation of document.getAnimations()) {
        const { duration = 0, iterations = 1 } = animation.effect?.getComputedTiming() ?? {};
        if (iterations !== Number.POSITIVE_INFINITY) seen.longest = Math.max(seen.longest, Number(duration) * iterations);
      }
    };
    addEventListener('transitionrun', look, true);
    addEventListener('animationstart', look, true);
  });
}

const longest = (page: Page) => page.evaluate(() => (window as unknown as { motion: { longest: number } }).motion.longest);

for (const [reducedMotion, most] of [
  ['no-preference', 150],
  ['reduce', 1],
] as const) {
  test(`nothing moves for more than ${most} ms where motion is asked to be: ${reducedMotion}`, async ({
    page,
    visit,
    house,
    upstream,
  }) => {
    await page.emulateMedia({ reducedMotion });
    await watchMotion(page);
    await makeGroup(house, upstream, 'still', ['good-one']);
    await makeGroup(house, upstream, 'other', []);
    await makeAggregate(house, 'both', ['still', 'other']);
    const proxyKey = await makeProxyKey(house);
    await visit('/groups/still/keys');
    await page.getByRole('row').getByRole('link').first().click();
    await expect(page.getByRole('dialog')).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(page.getByRole('dialog')).toBeHidden();
    await page.keyboard.press('Control+k');
    await expect(page.getByRole('dialog')).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(page.getByRole('dialog')).toBeHidden();
    await page.getByRole('link', { name: 'Overview' }).click();
    await page.getByText('7 d', { exact: true }).click();
    await expect(page.getByRole('radio', { name: '7 d' })).toBeChecked();
    await page.getByRole('button', { name: 'More for this group' }).click();
    await page.getByRole('menuitem', { name: 'Delete group' }).click();
    await expect(page.getByRole('dialog')).toBeVisible();
    await within();

    await page.goto('/groups/both/members');
    await page.getByRole('slider', { name: 'Weight of still' }).fill('3');
    await expect(page.getByText('75%')).toBeVisible();
    await within();

    await page.goto('/requests?live=1');
    await expect(page.locator('[data-connection=live]').first()).toBeVisible();
    await expect.poll(() => chat(house, 'still', proxyKey)).toBe(200);
    await expect(page.getByRole('row').filter({ hasText: 'gpt-4.1-nano' }).first()).toBeVisible();
    await within();

    /** Something moves on each of these pages where it may. */
    async function within() {
      if (reducedMotion === 'no-preference') await expect.poll(() => longest(page)).toBeGreaterThan(1);
      expect(await longest(page)).toBeLessThanOrEqual(most);
    }
  });
}
