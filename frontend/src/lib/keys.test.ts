import { expect, test } from 'vitest';
import { looksLikeKey, readPaste } from './keys';

test.each([
  ['', [], 0],
  ['  \n\t ', [], 0],
  ['key-a\nkey-b\r\nkey-c', ['key-a', 'key-b', 'key-c'], 0],
  ['key-a, key-b;key-a  key-c', ['key-a', 'key-b', 'key-c'], 1],
  ['["key-a", " key-b ", "key-a"]', ['key-a', 'key-b'], 1],
  ['["key-a", ', ['["key-a"'], 0],
  ['[1, 2]', ['[1', '2]'], 0],
])('%j', (text, keys, repeated) => {
  expect(readPaste(text)).toEqual({ keys, repeated });
});

test.each([
  ['sk-proj-a1b2c3d4', true],
  ['AIzaSyA1234567890', true],
  ['gsk_abcdefgh', true],
  ['9f86d081884c7d659a2feaa0c55ad015', true],
  ['AbC~1x+Yz=9876543210abcdef', true],
  ['https://upstream.test/v1/models', false],
  ['team-emea', false],
  ['production account', false],
  ['skiing', false],
])('%s looks like a key: %s', (text, is) => expect(looksLikeKey(text)).toBe(is));
