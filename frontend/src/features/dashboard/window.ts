import type { Bucket } from '../../generated/graphql';
import { betweenOf, type DashboardSearch, oneOfPresets, type Preset } from './search';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

export interface TrafficWindow {
  /** Milliseconds since 1970. */
  from: number;
  to: number;
  bucket: Bucket;
  /** It ends now, and moves. */
  moving: boolean;
}

const spans: Record<Preset, number> = { hour, day, week: 7 * day, month: 30 * day };
/** A moving window stands still for so long, so that one question is asked again and again and not a new one each minute. */
const steps: Record<Preset, number> = { hour: 10 * minute, day: hour, week: hour, month: day };

/** What the chart is asked for. Minutes are counted by group alone and kept for two days. */
export function windowOf({ range = 'day', by, model }: DashboardSearch, now: number): TrafficWindow {
  const preset = oneOfPresets(range);
  const ends = betweenOf(range);
  const [from, to] = preset || !ends ? moving(preset ?? 'day', now) : ends;
  const span = to - from;
  const byMinute = span <= 6 * hour + 10 * minute && from > now - 2 * day + hour && by !== 'model' && by !== 'status' && !model;
  const bucket = byMinute ? 'MINUTE' : span <= 15 * day ? 'HOUR' : 'DAY';
  return { from, to, bucket, moving: preset !== undefined };
}

function moving(preset: Preset, now: number): [from: number, to: number] {
  const step = steps[preset];
  const to = Math.ceil(now / step) * step;
  return [to - spans[preset], to];
}

/** The same for the lists beside it, which are cheap and may move with every minute. */
export function listWindowOf({ range = 'day' }: DashboardSearch, now: number): [from: number, to: number] {
  const ends = betweenOf(range);
  if (ends) return ends;
  const to = Math.ceil(now / minute) * minute;
  return [to - spans[oneOfPresets(range) ?? 'day'], to];
}
