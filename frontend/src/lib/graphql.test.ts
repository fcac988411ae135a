import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Carrier, lasting } from './graphql';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A carrier that remembers the sinks it was given, and whether they are still wanted. */
function remembering() {
  const asked: { complete: () => void; wanted: boolean }[] = [];
  const carrier: Carrier = {
    subscribe(_, sink) {
      const entry = { complete: () => sink.complete(), wanted: true };
      asked.push(entry);
      return () => {
        entry.wanted = false;
        sink.complete();
      };
    },
  };
  return { asked, carrier };
}

const payload = { query: 'subscription S { liveStats { time } }' };

test('what the server completes is asked for again after a rest', () => {
  const { asked, carrier } = remembering();
  const complete = vi.fn();
  lasting(carrier).subscribe(payload, { next: vi.fn(), error: vi.fn(), complete });
  asked[0]?.complete();
  expect(asked).toHaveLength(1);
  vi.advanceTimersByTime(1000);
  expect(asked).toHaveLength(2);
  expect(complete).not.toHaveBeenCalled();
});

test('what its asker gives up stays given up, also while it rests', () => {
  const { asked, carrier } = remembering();
  const complete = vi.fn();
  const sink = { next: vi.fn(), error: vi.fn(), complete };
  lasting(carrier).subscribe(payload, sink)();
  expect(complete).toHaveBeenCalledOnce();
  const stop = lasting(carrier).subscribe(payload, sink);
  asked[1]?.complete();
  stop();
  vi.advanceTimersByTime(5000);
  expect(asked.map((a) => a.wanted)).toEqual([false, false]);
});
