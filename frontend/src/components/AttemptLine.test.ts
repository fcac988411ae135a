import { expect, test } from 'vitest';
import { phasesOf } from './AttemptLine';

const attempt = {
  startedAt: '2026-01-02T12:00:00.000Z',
  attempt: 'FINAL' as const,
  waitMs: 5,
  connectMs: 40,
  headerMs: 290,
  firstByteMs: 300,
  durationMs: 900,
};

test('phases follow one another from the start to the end', () => {
  expect(phasesOf(attempt)).toEqual([
    { phase: 'wait', from: 0, to: 5 },
    { phase: 'connect', from: 5, to: 40 },
    { phase: 'firstByte', from: 40, to: 300 },
    { phase: 'body', from: 300, to: 900 },
  ]);
});

test('a reused connection has no connect, a refused one nothing after it', () => {
  expect(phasesOf({ ...attempt, waitMs: 0, connectMs: 0 }).map((p) => p.phase)).toEqual(['firstByte', 'body']);
  const refused = { ...attempt, waitMs: 0, connectMs: null, headerMs: null, firstByteMs: null, durationMs: 12 };
  expect(phasesOf(refused)).toEqual([{ phase: 'firstByte', from: 0, to: 12 }]);
});
