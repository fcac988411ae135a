import { expect, test } from 'vitest';
import type { Page } from './held';
import { mostHeld, pageSize } from './held';
import { emptyList, extentOf, isPaused, type List, listReducer, rowAt, seen, type Wanted, wanted } from './list';
import { scrollerHeight } from './scroll';

interface Row {
  id: string;
  notes?: string;
}

const view = 720;
const row = 36;

/** A server with `count` keys, newest first, whose ids are `count` down to 1. */
function server(count: number) {
  return (want: Wanted): Page<Row> => {
    const end = want.way === 'before' ? count - Number(want.cursor) : count;
    const begin = {
      at: () => Math.floor((want.way === 'at' ? want.at : 0) * (count - 1)),
      after: () => count - Number(want.way === 'after' && want.cursor) + 1,
      before: () => end - pageSize,
      last: () => end - pageSize,
    };
    const from = Math.max(0, begin[want.way]());
    const to = Math.min(end, from + pageSize);
    const rows = Array.from({ length: Math.max(0, to - from) }, (_, i) => ({ id: String(count - from - i) }));
    return page(rows, { hasPrevious: from > 0, hasNext: to < count });
  };
}

function page(rows: Row[], more: Partial<Page<Row>> = {}): Page<Row> {
  const [previous, next] = [rows[0]?.id ?? null, rows.at(-1)?.id ?? null];
  return { rows, hasPrevious: false, hasNext: false, previous, next, scanned: null, ...more };
}

function came(list: List<Row>, wanted: Wanted, what: Page<Row>, total: number | null = null): List<Row> {
  return listReducer(list, { kind: 'came', wanted, page: what, total });
}

const blank = listReducer(emptyList<Row>(row), { kind: 'measured', row, view });
const cut = { hasNext: true, next: '77', scanned: 0.25 };

/** Asks until nothing is wanted. */
function filled(list: List<Row>, count: number, total: number | null = count, begin = 0): List<Row> {
  const ask = server(count);
  let now = list;
  for (let turns = 0; turns < 50; turns += 1) {
    const want = wanted(now, begin);
    if (!want) return now;
    now = listReducer(now, { kind: 'came', wanted: want, page: ask(want), total });
  }
  throw new Error('a list that is never satisfied');
}

function opened(count: number, total: number | null = count, begin = 0): List<Row> {
  return filled(listReducer(emptyList<Row>(row), { kind: 'measured', row, view }), count, total, begin);
}

/** Index of the row whose id this is, were all keys there. */
const indexOf = (id: string | undefined, count: number) => count - Number(id);

test('opens at the beginning and knows how long the list is', () => {
  const list = opened(500_000);
  expect(list.length).toEqual({ count: 500_000, known: true });
  expect(rowAt(list, 0)?.id).toBe('500000');
  expect(seen(list)).toEqual([0, 20]);
});

test('opens where the address says', () => {
  const list = opened(500_000, 500_000, 0.5);
  const [from] = seen(list);
  expect(from).toBeGreaterThan(249_000);
  expect(indexOf(rowAt(list, from)?.id, 500_000)).toBeCloseTo(250_000, -3);
});

test('reads on before the reader comes to the end of what is held, and lets go of what is far behind', () => {
  let list = opened(500_000);
  for (let top = 0; top < 4000 * row; top += 700) {
    list = filled(listReducer(list, { kind: 'scrolled', scrollTop: list.place.top - list.place.offset + 700 }), 500_000);
    const [from] = seen(list);
    expect(rowAt(list, from)?.id).toBe(String(500_000 - from));
  }
  expect(list.held?.rows.length).toBeLessThanOrEqual(mostHeld);
  expect(list.held?.atStart).toBe(false);
});

test('the thumb at the very end shows the last key as the last row', () => {
  let list = opened(500_000);
  const bottom = scrollerHeight(extentOf(list).list) - view;
  list = filled(listReducer(list, { kind: 'scrolled', scrollTop: bottom }), 500_000);
  list = listReducer(list, { kind: 'rested' });
  const [, to] = seen(list);
  expect(to).toBe(500_000);
  expect(rowAt(list, to - 1)?.id).toBe('1');
});

test('a jump is an estimate, and going on from it to either end still ends at the end', () => {
  let list = filled(listReducer(opened(1000), { kind: 'scrolled', scrollTop: 18_000 }), 1000);
  for (let i = 0; i < 100; i += 1) {
    list = listReducer(
      filled(listReducer(list, { kind: 'scrolled', scrollTop: list.place.top - list.place.offset - 500 }), 1000),
      { kind: 'rested' },
    );
  }
  expect(list.place.top).toBe(0);
  expect(rowAt(list, 0)?.id).toBe('1000');
  for (let i = 0; i < 100; i += 1) {
    list = listReducer(
      filled(listReducer(list, { kind: 'scrolled', scrollTop: list.place.top - list.place.offset + 500 }), 1000),
      { kind: 'rested' },
    );
  }
  expect(rowAt(list, seen(list)[1] - 1)?.id).toBe('1');
});

test('a list that nobody counted shows its length once its end was seen', () => {
  let list = opened(300, null);
  expect(list.length.known).toBe(false);
  for (let i = 0; i < 30; i += 1) {
    list = filled(listReducer(list, { kind: 'scrolled', scrollTop: list.place.top - list.place.offset + 600 }), 300, null);
  }
  expect(list.length).toEqual({ count: 300, known: true });
  expect(rowAt(list, 299)?.id).toBe('1');
});

test('rows that are moved take the reader along: the same row stays in sight', () => {
  let list = opened(1000, 1000, 0.93);
  const [from] = seen(list);
  const before = rowAt(list, from)?.id;
  const want = wanted(list, 0);
  expect(want).toBeNull();
  list = listReducer(list, { kind: 'rested' });
  expect(rowAt(list, seen(list)[0])?.id).toBe(before);
});

test('a change is put into the row where it stands, and nothing else is touched', () => {
  const list = opened(50);
  const changed = listReducer(list, { kind: 'patched', patch: (r) => (r.id === '49' ? { ...r, notes: 'new' } : r) });
  expect(rowAt(changed, 1)).toEqual({ id: '49', notes: 'new' });
  expect(rowAt(changed, 2)).toBe(rowAt(list, 2));
  expect(listReducer(list, { kind: 'patched', patch: (r) => r })).toBe(list);
});

test('the keyboard brings its row into sight and stays within the list', () => {
  let list = opened(1000);
  list = listReducer(list, { kind: 'activated', index: 25 });
  expect(seen(list)[1]).toBe(26);
  list = listReducer(list, { kind: 'activated', index: 5000 });
  expect(list.active).toBe(999);
  list = listReducer(list, { kind: 'activated', index: -3 });
  expect([list.active, list.place.top]).toEqual([0, 0]);
});

test('the keyboard at the end is on the last key, once it has come', () => {
  const list = filled(listReducer(opened(500_000), { kind: 'activated', index: 499_999 }), 500_000);
  expect(rowAt(list, list.active)?.id).toBe('1');
});

test('a search that was cut short goes on where it stopped, also without a row, and says how far it came', () => {
  const list = came(blank, { way: 'at', at: 0 }, page([], cut));
  expect(wanted(list, 0)).toEqual({ way: 'after', cursor: '77' });
  expect(list.scan?.to).toBe(0.25);
  const found = came(list, { way: 'after', cursor: '77' }, page([{ id: '70' }], { ...cut, next: '60', scanned: 0.5 }));
  expect(found.length.count).toBeLessThan(1000);
  expect(wanted(found, 0)).toEqual({ way: 'after', cursor: '60' });
  expect(came(found, { way: 'after', cursor: '60' }, page([])).scan).toBeNull();
});

test('a search in vain waits for the reader after a while, and a row keeps it going', () => {
  let list = came(blank, { way: 'at', at: 0 }, page([], cut));
  for (let i = 0; i < 40 && wanted(list, 0); i += 1) list = came(list, { way: 'after', cursor: '77' }, page([], cut));
  expect(isPaused(list)).toBe(true);
  expect(list.scan?.vain).toBeLessThan(40);
  list = listReducer(list, { kind: 'goOn' });
  expect(wanted(list, 0)).toEqual({ way: 'after', cursor: '77' });
  list = came(list, { way: 'after', cursor: '77' }, page([{ id: '70' }], cut));
  expect(list.scan?.vain).toBe(0);
});

test('going back, a search that was cut short goes on before the place where it stopped', () => {
  const jumped = came(blank, { way: 'at', at: 0.5 }, page([{ id: '50' }], { hasPrevious: true }));
  expect(wanted(jumped, 0)).toEqual({ way: 'before', cursor: '50' });
  const list = came(jumped, { way: 'before', cursor: '50' }, page([], { hasPrevious: true, previous: '70', scanned: 0.3 }));
  expect(wanted(list, 0)).toEqual({ way: 'before', cursor: '70' });
});

test('a jump to where nothing matches any more shows the last that match, not nothing', () => {
  const list = listReducer(opened(5000), { kind: 'scrolled', scrollTop: 4000 * row });
  const want = wanted(list, 0);
  expect(want?.way).toBe('at');
  const empty = came(list, want as Wanted, page([], { hasPrevious: true }));
  expect(wanted(empty, 0)).toEqual({ way: 'last' });
  const last = Array.from({ length: pageSize }, (_, i) => ({ id: String(4900 - i) }));
  const there = came(empty, { way: 'last' }, page(last, { hasPrevious: true }));
  expect(rowAt(there, seen(there)[0])).toBeDefined();
  expect(wanted(there, 0)?.way).not.toBe('at');
});

test('higher rows keep the reader at the same key', () => {
  const list = listReducer(opened(1000, 1000, 0.5), { kind: 'measured', row: 64, view });
  expect(seen(list)[0]).toBe(500);
});
