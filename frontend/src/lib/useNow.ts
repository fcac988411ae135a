import { useSyncExternalStore } from 'react';

const listeners = new Set<() => void>();
let timer: number | undefined;
let now = Date.now();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  if (timer === undefined) now = Date.now();
  timer ??= window.setInterval(() => {
    now = Date.now();
    for (const each of listeners) each();
  }, 1000);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      window.clearInterval(timer);
      timer = undefined;
    }
  };
}

/** The time in milliseconds, in steps of `step`: one ticker for the page, and a row draws again only when its step has passed. */
export function useNow(step: number): number {
  return useSyncExternalStore(subscribe, () => Math.floor((timer === undefined ? Date.now() : now) / step) * step);
}
