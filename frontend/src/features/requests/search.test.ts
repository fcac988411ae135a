import { expect, test } from 'vitest';
import { failures } from '../../lib/outcomes';
import { filterOf, readSearch, stretchOf } from './search';

const nothing = {};

test('an address that makes no sense filters nothing', () => {
  const read = readSearch({
    live: 'yes',
    range: '3y',
    status: 'six',
    key: 'sk-secret',
    minMs: -3,
    from: 'never',
    result: 'maybe',
    group: '',
    after: {},
  });
  expect(JSON.parse(JSON.stringify(read))).toEqual(nothing);
});

test('each filter is asked of the server', () => {
  const search = readSearch({ group: 'openai', model: 'model-a', result: 'failed', status: '5xx' });
  expect(filterOf(search)).toEqual({
    groupNames: ['openai'],
    models: ['model-a'],
    outcomes: failures,
    statusFrom: 500,
    statusTo: 599,
  });
  expect(filterOf(readSearch({ status: 429 }))).toMatchObject({ statusFrom: 429, statusTo: 429 });
});

test('a name of digits is a name', () => {
  expect(readSearch({ group: 42 }).group).toBe('42');
});

test('a range begins so long before now, and a stretch is what it says', () => {
  const now = Date.UTC(2026, 0, 2, 12);
  expect(stretchOf({ range: '1h' }, now)).toEqual({ from: '2026-01-02T11:00:00.000Z' });
  const stretch = { from: '2026-01-01T00:00:00.000Z', to: '2026-01-01T01:00:00.000Z' };
  expect(stretchOf(readSearch({ ...stretch, range: '7d' }), now)).toEqual(stretch);
});

test('a key has no place in an address, its fingerprint has', () => {
  expect(readSearch({ key: 'sk-proj-abcdef' }).key).toBeUndefined();
  expect(filterOf(readSearch({ key: '0123456789ab' }))).toMatchObject({ key: '0123456789ab' });
});
