import { type RefObject, useCallback, useSyncExternalStore } from 'react';

type Place = RefObject<Element | null>;

/** Who is told of the time, and where what they say stands. */
const listeners = new Map<() => void, Place | undefined>();
let timer: number | undefined;
let now = Date.now();

/** Whether it is seen, or would be after one turn of the page. */
function near(place: Place | undefined): boolean {
  if (!place?.current) return true;
  const { top, bottom } = place.current.getBoundingClientRect();
  return bottom > -window.innerHeight && top < 2 * window.innerHeight;
}

function tick() {
  now = Date.now();
  for (const [tell, place] of listeners) if (near(place)) tell();
}

function subscribe(listener: () => void, place?: Place): () => void {
  if (timer === undefined) {
    now = Date.now();
    timer = window.setInterval(tick, 1000);
    document.addEventListener('scrollend', tick, true);
  }
  listeners.set(listener, place);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    window.clearInterval(timer);
    document.removeEventListener('scrollend', tick, true);
    timer = undefined;
  };
}

/**
 * The time in milliseconds, in steps of `step`: one ticker for the page, and a row draws again only when its step has passed.
 * With a place, it goes on only while that is in sight or near it: of a table of hundreds few rows are.
 */
export function useNow(step: number, place?: Place): number {
  return useSyncExternalStore(
    useCallback((listener: () => void) => subscribe(listener, place), [place]),
    () => Math.floor((timer === undefined ? Date.now() : now) / step) * step,
  );
}
