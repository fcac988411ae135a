import type { Page } from '@playwright/test';
import { expect, test } from '@playwright/test';

/** A run on a machine that does other things too can be unlucky: three of five must do. */
export const runs = 5;
const mustDo = 3;

/** Writes the figures of all runs down, and demands that enough of them are below the limit. */
export function expectMost(what: string, figures: number[], limit: number, unit: string): void {
  tell(what, `${figures.map((f) => Math.round(f)).join(', ')} ${unit}, at most ${limit}`);
  // Softly: one slow list is no reason to leave the others unmeasured.
  expect.soft(figures.filter((f) => f <= limit).length, `${what}: ${figures} ${unit}`).toBeGreaterThanOrEqual(mustDo);
}

export function tell(what: string, figure: string): void {
  test.info().annotations.push({ type: what, description: figure });
  process.stdout.write(`    ${what}: ${figure}\n`);
}

/** Milliseconds from the navigation until what `selector` finds has been painted. */
export async function firstPaint(page: Page, address: string, selector: string): Promise<number> {
  await page.goto(address, { waitUntil: 'commit' });
  return page.evaluate(
    (wanted) =>
      new Promise<number>((found) => {
        function look() {
          if (document.querySelector(wanted)) requestAnimationFrame(() => setTimeout(() => found(performance.now())));
          else requestAnimationFrame(look);
        }
        look();
      }),
    selector,
  );
}

/** The 95th percentile of the frames, in milliseconds, while a hand turns the wheel over a place of the page. */
export async function scrollFrames(page: Page, x: number, y: number, distance: number): Promise<number> {
  await page.evaluate(() => {
    const scrolling = window as unknown as { frames: number[]; scrolling: boolean };
    scrolling.frames = [];
    scrolling.scrolling = true;
    let last = performance.now();
    function frame(now: number) {
      scrolling.frames.push(now - last);
      last = now;
      if (scrolling.scrolling) requestAnimationFrame(frame);
    }
    requestAnimationFrame(frame);
  });
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Input.synthesizeScrollGesture', {
    x,
    y,
    yDistance: -distance,
    speed: 4000,
    preventFling: true,
    gestureSourceType: 'mouse',
  });
  await devtools.detach();
  const frames = await page.evaluate(() => {
    const scrolling = window as unknown as { frames: number[]; scrolling: boolean };
    scrolling.scrolling = false;
    return scrolling.frames;
  });
  return quantile(frames, 0.95);
}

export function quantile(values: number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}
