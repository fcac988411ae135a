import { expect, test } from 'vitest';
import { coloursOf, paletteSize } from './palette';

test('a name keeps its colour whoever stands beside it, unless they would share one', () => {
  const alone = coloursOf(['openai']).get('openai');
  expect(coloursOf(['gemini', 'openai', 'gemini']).get('openai')).toBe(alone);
});

test('a name that stepped aside for another keeps its colour where the other is missing', () => {
  const names = ['apple', 'berry', 'cherry', 'date', 'elder', 'fig', 'grape'];
  const together = coloursOf(names);
  for (const name of names) expect(coloursOf([name]).get(name)).toBe(together.get(name));
});

test('as many names as there are colours share none, in whatever order they come', () => {
  const names = Array.from({ length: paletteSize }, (_, i) => `group-${i}`);
  const colours = coloursOf(names);
  expect(new Set(colours.values()).size).toBe(paletteSize);
  expect(coloursOf(names.toReversed())).toEqual(colours);
});

test('more names than colours begin anew', () => {
  const names = Array.from({ length: paletteSize + 3 }, (_, i) => `group-${i}`);
  expect(coloursOf(names).size).toBe(names.length);
});
