import type { TrafficPointsFragment } from '../../generated/graphql';
import { coloursOf, restColour } from '../../lib/palette';
import type { Lens } from './search';

type Point = TrafficPointsFragment;

/** One name of the chart with a figure for each bucket; null where nothing was measured. */
export interface Strand {
  name: string;
  /** A token of tokens.css. */
  colour: string;
  values: (number | null)[];
  dash?: number[];
}

/** A strand of the whole, by what happened; the words are in `dashboard.strand`. */
export type WholeName =
  | 'ok'
  | 'clientFault'
  | 'failed'
  | 'otherFailure'
  | 'rateLimited'
  | 'p50'
  | 'p95'
  | 'p99'
  | 'firstByteP95'
  | 'cached'
  | 'input'
  | 'output';

interface Whole {
  name: WholeName;
  colour: string;
  dash?: number[];
  read: (p: Point) => number | null;
}

const wholes: Record<Lens, Whole[]> = {
  requests: [
    { name: 'ok', colour: '--spark', read: (p) => p.successes },
    { name: 'clientFault', colour: '--disabled', read: (p) => p.clientFaults },
    { name: 'failed', colour: '--invalid', read: (p) => p.failures },
  ],
  errors: [
    { name: 'otherFailure', colour: '--invalid', read: (p) => p.failures - p.rateLimited },
    { name: 'rateLimited', colour: '--cooling', read: (p) => p.rateLimited },
  ],
  latency: [
    { name: 'p50', colour: '--spark', read: (p) => p.p50Ms },
    { name: 'p95', colour: '--ink', read: (p) => p.p95Ms },
    { name: 'p99', colour: '--ink-3', read: (p) => p.p99Ms, dash: [6, 4] },
    { name: 'firstByteP95', colour: '--series-3', read: (p) => p.firstByteP95Ms, dash: [2, 3] },
  ],
  tokens: [
    { name: 'cached', colour: '--series-3', read: (p) => p.cachedTokens },
    { name: 'input', colour: '--series-4', read: (p) => p.inputTokens - p.cachedTokens },
    { name: 'output', colour: '--series-7', read: (p) => p.outputTokens },
  ],
};

export function wholeStrands(lens: Lens, points: readonly Point[]): (Strand & { name: WholeName })[] {
  return wholes[lens].map(({ read, ...strand }) => ({ ...strand, values: points.map(read) }));
}

const figures: Record<Lens, (p: Point) => number | null> = {
  requests: (p) => p.successes + p.clientFaults + p.failures,
  errors: (p) => p.failures,
  latency: (p) => p.p95Ms,
  tokens: (p) => p.inputTokens + p.outputTokens,
};

/** The name that the gateway gives to all it does not name. */
export const rest = 'OTHER';

/** A strand for each name, largest first and the rest last; those that are nothing throughout are left out. */
export function splitStrands(lens: Lens, series: readonly { name: string; points: readonly Point[] }[]): Strand[] {
  const colours = coloursOf(series.map((s) => s.name).filter((name) => name !== rest));
  return series
    .map(({ name, points }) => ({ name, colour: colours.get(name) ?? restColour, values: points.map(figures[lens]) }))
    .filter((s) => s.values.some((v) => v))
    .sort((a, b) => Number(a.name === rest) - Number(b.name === rest) || sum(b.values) - sum(a.values));
}

/** Whether strands of a lens add up to something, and so stand one on another. */
export function addsUp(lens: Lens): boolean {
  return lens !== 'latency';
}

export function sum(values: readonly (number | null)[]): number {
  return values.reduce<number>((total, v) => total + (v ?? 0), 0);
}

export function highest(values: readonly (number | null)[]): number | null {
  const measured = values.filter((v) => v !== null);
  return measured.length > 0 ? Math.max(...measured) : null;
}
