import { expect, test } from 'vitest';
import { beginOf, readSearch } from './search';

test('an address that makes no sense filters nothing', () => {
  expect(JSON.parse(JSON.stringify(readSearch({ action: 'dance', actor: '', from: '2026-13-99' })))).toEqual({});
});

test('a day begins at the reader’s midnight', () => {
  expect(beginOf('2026-01-31')).toBe(new Date(2026, 0, 31).toISOString());
});
