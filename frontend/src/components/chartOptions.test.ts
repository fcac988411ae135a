import { expect, test } from 'vitest';
import { bucketAt, type ChartFrame, chartData } from './chartOptions';

const frame: ChartFrame = {
  edges: [0, 60, 120, 180],
  stacked: true,
  locale: 'en',
  zone: 'UTC',
  say: String,
  paint: (token) => token,
};
const series = [
  { name: 'low', colour: '--series-1', values: [1, null, 3] },
  { name: 'high', colour: '--series-2', values: [10, 20, 0] },
];

test('columns come as sums, the highest first, so that each is painted over by the next', () => {
  expect(chartData(frame, series)).toEqual([
    [0, 60, 120],
    [11, 20, 3],
    [1, 0, 3],
  ]);
});

test('lines come as they are, gaps and all', () => {
  expect(chartData({ ...frame, stacked: false }, series)).toEqual([
    [0, 60, 120],
    [1, null, 3],
    [10, 20, 0],
  ]);
});

test.each([
  [-5, 0],
  [0, 0],
  [59, 0],
  [60, 1],
  [179, 2],
  [500, 2],
])('%d seconds lie in bucket %d', (time, bucket) => expect(bucketAt(frame.edges, time)).toBe(bucket));
