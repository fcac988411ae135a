import { useSyncExternalStore } from 'react';

/** How times are shown: as long ago, which the eye reads at once, or exactly, which a log is read by. */
export type Times = 'relative' | 'exact';

const stored = 'roundhouse.times';
const listeners = new Set<() => void>();
let times: Times = localStorage.getItem(stored) === 'exact' ? 'exact' : 'relative';
mark();

/** For style sheets: an exact time is wider. */
function mark() {
  document.documentElement.dataset.times = times;
}

export function chooseTimes(next: Times): void {
  times = next;
  localStorage.setItem(stored, next);
  mark();
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useTimes(): Times {
  return useSyncExternalStore(subscribe, () => times);
}
