import { expect, test } from 'vitest';
import { rangeBetween, readSearch } from './search';
import { windowOf } from './window';

const now = Date.UTC(2026, 0, 20, 12, 34, 56);
const hour = 3_600_000;
const between = (hoursAgo: number, hoursLong: number) =>
  rangeBetween(now - hoursAgo * hour, now - hoursAgo * hour + hoursLong * hour);

test('an address that makes no sense asks for what is usual', () => {
  const read = readSearch({ range: '2026..1999', lens: 'wide', by: 'hour', group: '', model: {} });
  expect(JSON.parse(JSON.stringify(read))).toEqual({});
});

test.each([
  [{}, 'HOUR', 24],
  [{ range: 'hour' }, 'MINUTE', 1],
  [{ range: 'hour', by: 'model' as const }, 'HOUR', 1],
  [{ range: 'hour', model: 'model-a' }, 'HOUR', 1],
  [{ range: 'month' }, 'DAY', 720],
  [{ range: between(3, 2) }, 'MINUTE', 2],
  [{ range: between(72, 2) }, 'HOUR', 2],
  [{ range: between(500, 490) }, 'DAY', 490],
])('%o is cut by %s and spans %d hours', (search, bucket, hours) => {
  const found = windowOf(search, now);
  expect(found.bucket).toBe(bucket);
  expect(Math.round((found.to - found.from) / hour)).toBe(hours);
});

test('a moving window stands still for a while, and holds now', () => {
  const first = windowOf({ range: 'hour' }, now);
  expect(windowOf({ range: 'hour' }, now + 60_000)).toEqual(first);
  expect(first.to).toBeGreaterThan(now);
});

test('a range of less than a minute becomes one', () => {
  expect(rangeBetween(now, now + 1)).toBe('2026-01-20T12:34:00.000Z..2026-01-20T12:35:00.000Z');
});
