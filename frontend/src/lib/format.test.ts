import { describe, expect, test } from 'vitest';
import { createFormat } from './format';

describe('English', () => {
  const format = createFormat('en');
  const now = Date.UTC(2026, 0, 2, 12);

  test.each([
    [0, '0 ms'],
    [840, '840 ms'],
    [12_400, '12.4 s'],
    [59_999, '60 s'],
    [200_000, '3 min 20 s'],
  ])('%d ms is %s', (ms, said) => expect(format.duration(ms)).toBe(said));

  test.each([
    [-0.3, '0s ago'],
    [2, '0s ago'],
    [-12, '12s ago'],
    [-100, '2m ago'],
    [-7200, '2h ago'],
    [-200_000, '2d ago'],
  ])('%d s from now is %s', (seconds, said) => expect(format.ago(new Date(now + seconds * 1000), now)).toBe(said));

  test('counts, shares and sizes', () => {
    expect(format.number(1234567)).toBe('1,234,567');
    expect(format.compact(12_345)).toBe('12.3K');
    expect(format.rate(7.26)).toBe('7.3');
    expect(format.rate(1234.5)).toBe('1,235');
    expect(format.percent(0.0123)).toBe('1.2%');
    expect(format.bytes(2312)).toBe('2.3 KiB');
    expect([format.change(100, 112), format.change(100, 97), format.change(2, 2), format.change(10, 1234)]).toEqual([
      '+12%',
      '-3%',
      '0%',
      '×123.4',
    ]);
  });
});

test('Chinese and Japanese count in ten thousands', () => {
  expect(createFormat('zh-CN').compact(12_345)).toBe('1.2万');
  expect(createFormat('ja').compact(12_345)).toBe('1.2万');
});
