import { expect, test } from 'vitest';
import { changesOf, type Lines, sameLines } from './changes';

const lines = (texts: Record<string, string>): Lines =>
  Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, { label: name.toUpperCase(), text }]));

test('what was changed, added and removed is told, what stayed is not', () => {
  const began = lines({ a: '1', b: '2', c: '3' });
  expect(changesOf(began, lines({ a: '1', b: '20', d: '4' }), began)).toEqual([
    { name: 'b', label: 'B', from: '2', to: '20', theirs: undefined },
    { name: 'c', label: 'C', from: '3', to: '–', theirs: undefined },
    { name: 'd', label: 'D', from: '–', to: '4', theirs: undefined },
  ]);
});

test('what someone else changed meanwhile stands beside it, also where I changed nothing', () => {
  const began = lines({ a: '1', b: '2' });
  const theirs = lines({ a: '9', b: '2' });
  expect(changesOf(began, lines({ a: '1', b: '5' }), theirs)).toEqual([
    { name: 'a', label: 'A', from: '1', to: '1', theirs: '9' },
    { name: 'b', label: 'B', from: '2', to: '5', theirs: undefined },
  ]);
});

test('the order of pieces is no difference', () => {
  expect(sameLines(lines({ a: '1', b: '2' }), lines({ b: '2', a: '1' }))).toBe(true);
  expect(sameLines(lines({ a: '1' }), lines({ a: '2' }))).toBe(false);
});
