import { expect, test } from 'vitest';
import { splitStrands, wholeStrands } from './lenses';

const point = (more: object = {}) => ({
  __typename: 'TrafficPoint' as const,
  time: '2026-01-02T00:00:00Z',
  successes: 10,
  failures: 3,
  clientFaults: 1,
  rateLimited: 2,
  inputTokens: 100,
  outputTokens: 20,
  cachedTokens: 60,
  p50Ms: 40,
  p95Ms: null,
  p99Ms: null,
  firstByteP95Ms: null,
  ...more,
});

test('what stands one on another adds up to the whole', () => {
  const at = (lens: 'requests' | 'errors' | 'tokens') => wholeStrands(lens, [point()]).map((s) => s.values[0]);
  expect(at('requests')).toEqual([10, 1, 3]);
  expect(at('errors')).toEqual([1, 2]);
  expect(at('tokens')).toEqual([60, 40, 20]);
});

test('what was not measured is not zero', () => {
  const p95 = wholeStrands('latency', [point()]).find((s) => s.name === 'p95');
  expect(p95?.values).toEqual([null]);
});

test('the largest name comes first, the rest last and without a colour of its own, and what is nothing not at all', () => {
  const strands = splitStrands('errors', [
    { name: 'small', points: [point({ failures: 1 })] },
    { name: 'clean', points: [point({ failures: 0 })] },
    { name: 'OTHER', points: [point({ failures: 50 })] },
    { name: 'large', points: [point({ failures: 9 })] },
  ]);
  expect(strands.map((s) => s.name)).toEqual(['large', 'small', 'OTHER']);
  expect(strands.at(-1)?.colour).toBe('--disabled');
});
