import { expect, test } from 'vitest';
import { type isOver, latestOf, paceOf } from './tasks';

const startedAt = '2026-01-02T12:00:00Z';
const after = (seconds: number) => Date.parse(startedAt) + seconds * 1000;

test('a task that has run for a while tells its pace and what is left', () => {
  expect(paceOf({ processed: 250, total: 1000, startedAt }, after(10))).toEqual({ share: 0.25, rate: 25, left: 30_000 });
});

test('nothing is guessed from nothing', () => {
  expect(paceOf({ processed: 0, total: 1000, startedAt }, after(10))).toEqual({ share: 0 });
  expect(paceOf({ processed: 5, total: 1000, startedAt: null }, after(10))).toEqual({ share: 0.005 });
  expect(paceOf({ processed: 50, total: null, startedAt }, after(10))).toEqual({ share: 0, rate: 5, left: undefined });
});

test('what was heard of a task is newer than what was read, unless the task had ended by then', () => {
  const task = (id: string, state: Parameters<typeof isOver>[0]['state']) => ({ id, state });
  const read = [task('1', 'RUNNING'), task('2', 'SUCCEEDED')];
  const heard = [task('1', 'FAILED'), task('2', 'RUNNING'), task('3', 'QUEUED')];
  expect([...latestOf(read, heard).values()].map(({ state }) => state)).toEqual(['FAILED', 'SUCCEEDED', 'QUEUED']);
});
