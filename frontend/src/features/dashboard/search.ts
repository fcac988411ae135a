import { oneOf, words } from '../../lib/search';

export const presets = ['hour', 'day', 'week', 'month'] as const;
export type Preset = (typeof presets)[number];

export const lenses = ['requests', 'errors', 'latency', 'tokens'] as const;
export type Lens = (typeof lenses)[number];

export const splits = ['group', 'model', 'status'] as const;
export type Split = (typeof splits)[number];

/** What the dashboard's address says; a field that is missing takes the first that there is. */
export interface DashboardSearch {
  /** A preset, or `from..to` as two ISO times. Missing is a day. */
  range?: string;
  lens?: Lens;
  by?: Split;
  group?: string;
  model?: string;
}

/** Takes what an address holds; what makes no sense is dropped. */
export function readSearch(raw: Record<string, unknown>): DashboardSearch {
  const range = String(raw.range ?? '');
  return {
    range: oneOfPresets(range) ?? (betweenOf(range) ? range : undefined),
    lens: oneOf(lenses, raw.lens),
    by: oneOf(splits, raw.by),
    group: words(raw.group),
    model: words(raw.model),
  };
}

export function oneOfPresets(range: string): Preset | undefined {
  return oneOf(presets, range);
}

/** The ends of a range that is written out, in milliseconds; null when it is none. */
export function betweenOf(range: string): [from: number, to: number] | null {
  const [from = Number.NaN, to = Number.NaN] = range.split('..').map((end) => Date.parse(end));
  return from < to ? [from, to] : null;
}

/** A range as the address has it, to whole minutes. */
export function rangeBetween(from: number, to: number): string {
  const minute = 60_000;
  const start = Math.floor(from / minute) * minute;
  const end = Math.max(Math.ceil(to / minute) * minute, start + minute);
  return `${new Date(start).toISOString()}..${new Date(end).toISOString()}`;
}
