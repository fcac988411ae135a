import { expect, test } from 'vitest';
import { faultOf, isJson, rowsOf, textOf } from './overrides';

const names = (text: string) => rowsOf(text)?.map(({ name, raw }) => [name, raw]);

test('an object becomes rows, and every value stays as it was written', () => {
  const text = '{ "temperature": 0.70, "seed": 12345678901234567890, "a.b": {"x": [1, 2], "y": ","}, "stop": "a\\"},:b" }';
  expect(names(text)).toEqual([
    ['temperature', '0.70'],
    ['seed', '12345678901234567890'],
    ['a.b', '{"x": [1, 2], "y": ","}'],
    ['stop', '"a\\"},:b"'],
  ]);
  expect(names(textOf(rowsOf(text) ?? ''))).toEqual(names(text));
});

test('nothing is no override', () => {
  expect(names('')).toEqual([]);
  expect(names('{}')).toEqual([]);
  expect(textOf([])).toBe('{}');
});

test('what is no object has no rows and says why', () => {
  expect(rowsOf('[1]')).toBeUndefined();
  expect(faultOf('[1]')).toEqual({ kind: 'notObject' });
  expect(faultOf('{"a": }')?.kind).toBe('notJson');
  expect(faultOf('{"a": 1}')).toBeUndefined();
  expect([isJson('0.5'), isJson('"low"'), isJson('low'), isJson('')]).toEqual([true, true, false, false]);
});
