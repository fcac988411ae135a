import { expect, test } from 'vitest';
import { choose, everything, isEmpty, isSelected, nothing, selectorOf } from './selection';

test('keys are taken in and left out one by one', () => {
  const two = choose(nothing, ['1', '2'], true);
  expect(isSelected(two, '1')).toBe(true);
  expect(selectorOf('g', undefined, choose(two, ['1'], false))).toEqual({ groupId: 'g', ids: ['2'] });
  expect(isEmpty(choose(two, ['1', '2'], false))).toBe(true);
});

test('a rule takes all that match but a few, and none that came later', () => {
  const rule = choose(everything('99'), ['7'], false);
  expect(isSelected(rule, '98')).toBe(true);
  expect(isSelected(rule, '7')).toBe(false);
  expect(isSelected(rule, '100')).toBe(false);
  expect(isSelected(choose(rule, ['7'], true), '7')).toBe(true);
});

test('what came later is no exception either', () => {
  const rule = choose(everything('99'), ['100'], false);
  expect(selectorOf('g', undefined, rule)).toEqual({ groupId: 'g', all: true, except: undefined, upTo: '99' });
});

test('the server is given the same filter that the rows were read by', () => {
  const filter = { statusIn: ['INVALID' as const] };
  expect(selectorOf('g', filter, choose(everything('99'), ['3'], false))).toEqual({
    groupId: 'g',
    filter,
    except: ['3'],
    upTo: '99',
  });
});
