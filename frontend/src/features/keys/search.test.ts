import { expect, test } from 'vitest';
import { filterOf, isFiltered, readKeysSearch } from './search';

const now = Date.parse('2026-01-31T00:00:00Z');

test('an address says which keys are asked for; what makes no sense is dropped', () => {
  expect(
    readKeysSearch({ status: 'invalid', code: '401', unused: '7d', age: 'over-30d', q: 12345, at: '0.5', order: 'oldest' }),
  ).toEqual({
    status: 'invalid',
    fault: undefined,
    code: 401,
    unused: '7d',
    age: 'over-30d',
    q: '12345',
    order: 'oldest',
    at: 0.5,
  });
  const nonsense = readKeysSearch({
    status: 'x',
    fault: 'NONE',
    code: 7,
    unused: '1y',
    age: '7d',
    q: '',
    at: 2,
    order: 'newest',
  });
  expect(Object.values(nonsense).every((value) => value === undefined)).toBe(true);
});

test('spans of time end when the list was opened', () => {
  expect(filterOf({ unused: '7d', age: 'under-1d' }, now)).toMatchObject({
    unusedSince: '2026-01-24T00:00:00.000Z',
    createdFrom: '2026-01-30T00:00:00.000Z',
    createdTo: undefined,
  });
  expect(filterOf({ age: 'over-30d' }, now)).toMatchObject({ createdTo: '2026-01-01T00:00:00.000Z', createdFrom: undefined });
});

test('a place and an order filter nothing', () => {
  expect(isFiltered({ at: 0.5, order: 'oldest' })).toBe(false);
  expect(filterOf({ at: 0.5, order: 'oldest' }, now)).toBeUndefined();
});
