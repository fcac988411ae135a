import AxeBuilder from '@axe-core/playwright';
import { test as base, expect, type Page } from '@playwright/test';
import { type House, startHouse, startUpstream, type Upstream } from './house';
import { watch } from './troubles';

interface Own {
  house: House;
  /** Goes to an address of the console, signed in. */
  visit: (address: string) => Promise<void>;
  /** Says beforehand what the browser will complain of, and rightly; of anything else a test fails when it ends. */
  foresee: (complaint: RegExp) => void;
}

/** A gateway for each test; a page on which no error may be logged and from which no request may leave the host. */
export const test = base.extend<Own, { upstream: Upstream }>({
  upstream: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of what a fixture needs from this pattern
    async ({}, use) => {
      const upstream = await startUpstream();
      await use(upstream);
      await upstream.stop();
    },
    { scope: 'worker' },
  ],
  // biome-ignore lint/correctness/noEmptyPattern: as above
  house: async ({}, use) => {
    const house = await startHouse();
    await use(house);
    await house.stop();
  },
  baseURL: async ({ house }, use) => use(house.url),
  foresee: [
    async ({ page, house }, use) => {
      const foreseen: RegExp[] = [];
      const troubles = watch(page, house.url);
      await use((complaint) => foreseen.push(complaint));
      const left = troubles.filter((trouble) => !foreseen.some((complaint) => complaint.test(trouble)));
      if (left.length > 0) throw new Error(`The page complained:\n${left.join('\n')}`);
    },
    { auto: true },
  ],
  visit: async ({ page, house }, use) => {
    await use(async (address) => {
      const { origin } = new URL(house.url);
      const res = await page.request.post(`${origin}/session`, { data: { authKey: house.authKey }, headers: { Origin: origin } });
      expect(res.status()).toBe(204);
      await page.goto(address);
    });
  },
});

export { expect };

/** Waits until what fades or slides has come to its place; what goes round for ever is not waited for. */
async function atRest(page: Page): Promise<void> {
  await page.evaluate(() => {
    const ending = document.getAnimations().filter((a) => a.effect?.getComputedTiming().endTime !== Number.POSITIVE_INFINITY);
    return Promise.all(ending.map((a) => a.finished.catch(() => undefined))).then(() => undefined);
  });
}

/** What axe finds, by rule and place. GraphiQL's own markup is not ours to mend. */
export async function accessibilityFaults(page: Page): Promise<string[]> {
  await atRest(page);
  const { violations } = await new AxeBuilder({ page }).exclude('.graphiql-container').analyze();
  return violations.flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.target.join(' ')} ${n.failureSummary ?? ''}`));
}

/** Whether something sticks out at the side. */
export function scrollsSideways(page: Page): Promise<boolean> {
  return page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
}

/** Text that is cut at the side and does not say so by an ellipsis, and whatever cannot be scrolled to. */
export function cutText(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const said = (element: Element) => `${element.className}: ${(element.textContent ?? '').slice(0, 40)}`;
    const clipped = ({ overflowX, textOverflow }: CSSStyleDeclaration) =>
      /hidden|clip/.test(overflowX) && textOverflow !== 'ellipsis';
    return [...document.querySelectorAll('main *, nav *, [role=dialog] *, header *')]
      .filter((element) => element.textContent && !element.closest('.hidden-text, svg, .graphiql-container, [aria-hidden=true]'))
      .filter((element) => element.checkVisibility() && element.clientWidth > 0 && element.getBoundingClientRect().width > 1)
      .filter((element) => element.scrollWidth > element.clientWidth + 1 && clipped(getComputedStyle(element)))
      .map(said);
  });
}
