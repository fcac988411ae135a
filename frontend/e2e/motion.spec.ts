import type { Page } from '@playwright/test';
import { makeGroup } from './house';
import { expect, test } from './test';

/** The longest that anything moved on the page since this was first asked, in milliseconds. */
async function watchMotion(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const seen = { longest: 0 };
    Object.assign(window, { motion: seen });
    const look = (event: AnimationEvent | TransitionEvent) => {
      if (!(event.target instanceof Element)) return;
      for (const animation of event.target.getAnimations()) {
        const { duration, iterations } = animation.effect?.getComputedTiming() ?? {};
        if (iterations !== Number.POSITIVE_INFINITY) seen.longest = Math.max(seen.longest, Number(duration));
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
    expect(await longest(page)).toBeLessThanOrEqual(most);
    if (reducedMotion === 'no-preference') expect(await longest(page)).toBeGreaterThan(1);
  });
}
