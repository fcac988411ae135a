import { expect, test } from 'vitest';
import { moved } from './useOrder';

test.each([
  ['a', 1, 'bac'],
  ['a', 9, 'bca'],
  ['c', 0, 'cab'],
  ['c', -1, 'cab'],
  ['b', 1, 'abc'],
])('%s moved to %d gives %s', (id, to, order) => expect(moved(['a', 'b', 'c'], id, to).join('')).toBe(order));
