import type { Charged, Outcome, RequestLogFilter } from '../../generated/graphql';
import { asides, failures } from '../../lib/outcomes';
import { moment, oneOf, words } from '../../lib/search';

export const ranges = ['15m', '1h', '24h', '7d'] as const;
export type Range = (typeof ranges)[number];

export const results = ['ok', 'failed', 'aside'] as const;
export const statuses = ['2xx', '4xx', '5xx', '429'] as const;
export const charges = ['KEY', 'UPSTREAM', 'CLIENT', 'NOBODY'] as const satisfies Charged[];

/** What narrows the list, in both gears; a field that is missing filters nothing. */
export interface RequestsFilter {
  group?: string;
  model?: string;
  result?: (typeof results)[number];
  /** A status, or a class such as 5xx. */
  status?: string;
  charged?: (typeof charges)[number];
  /** A pooled key's fingerprint; never the key itself. */
  key?: string;
  /** A client's address. */
  caller?: string;
  /** A proxy key's id. */
  proxyKey?: string;
  /** At least so many milliseconds. */
  minMs?: number;
  /** Part of the error's text. */
  error?: string;
}

/** What the page's address says. */
export interface RequestsSearch extends RequestsFilter {
  /** 1 follows what happens; missing looks into the past. */
  live?: 1;
  range?: Range;
  /** A stretch of time instead of a range; one that has no end goes on until now. */
  from?: string;
  to?: string;
  /** Where the page begins; missing is the newest. */
  after?: string;
}

/** Takes what an address holds; what makes no sense is dropped. */
export function readSearch(raw: Record<string, unknown>): RequestsSearch {
  const status = words(raw.status);
  const key = words(raw.key);
  const minMs = Number(raw.minMs);
  return {
    live: Number(raw.live) === 1 ? 1 : undefined,
    range: oneOf(ranges, raw.range),
    from: moment(raw.from),
    to: moment(raw.to),
    group: words(raw.group),
    model: words(raw.model),
    result: oneOf(results, raw.result),
    status: status && /^([1-5]xx|\d{1,3})$/.test(status) ? status : undefined,
    charged: oneOf(charges, raw.charged),
    key: key && isFingerprint(key) ? key : undefined,
    caller: words(raw.caller),
    proxyKey: words(raw.proxyKey),
    minMs: minMs > 0 && Number.isInteger(minMs) ? minMs : undefined,
    error: words(raw.error),
    after: words(raw.after),
  };
}

/** Twelve hex digits: what stands for a key wherever it may be read. */
export function isFingerprint(text: string): boolean {
  return /^[0-9a-f]{12}$/.test(text);
}

/** The filters alone, without time and gear. */
export function filtersOf(search: RequestsSearch): RequestsFilter {
  const { live: _, range: __, from: ___, to: ____, after: _____, ...filters } = search;
  return filters;
}

/** How many filters hold. */
export function countFilters(search: RequestsSearch): number {
  return Object.values(filtersOf(search)).filter((value) => value !== undefined).length;
}

/** How many of them stand behind the button. */
export function furtherOf({ key, charged, caller, proxyKey, minMs, error }: RequestsFilter): number {
  return [key, charged, caller, proxyKey, minMs, error].filter((value) => value !== undefined).length;
}

/** Every filter taken off. */
export const noFilters: RequestsFilter = {
  group: undefined,
  model: undefined,
  result: undefined,
  status: undefined,
  charged: undefined,
  key: undefined,
  caller: undefined,
  proxyKey: undefined,
  minMs: undefined,
  error: undefined,
};

const minute = 60_000;
const spans: Record<Range, number> = { '15m': 15 * minute, '1h': 60 * minute, '24h': 1440 * minute, '7d': 7 * 1440 * minute };

/** When the history that is asked for begins and ends; without an end it goes on until now. */
export function stretchOf(search: RequestsSearch, now: number): Pick<RequestLogFilter, 'from' | 'to'> {
  if (search.from || search.to) return { from: search.from, to: search.to };
  const from = new Date(now - spans[search.range ?? '24h']).toISOString();
  // Looking into texts wants both ends.
  return search.error ? { from, to: new Date(now).toISOString() } : { from };
}

const outcomes: Record<(typeof results)[number], Outcome[]> = { ok: ['OK'], failed: failures, aside: asides };

/** What both gears ask for; the tail brings FINAL records alone, and history is asked for the same. */
export function filterOf(search: RequestsFilter): RequestLogFilter {
  return {
    groupNames: search.group ? [search.group] : undefined,
    models: search.model ? [search.model] : undefined,
    outcomes: search.result && outcomes[search.result],
    charged: search.charged,
    key: search.key,
    clientIp: search.caller,
    proxyKeyId: search.proxyKey,
    minDurationMs: search.minMs,
    errorContains: search.error,
    ...statusOf(search.status),
  };
}

function statusOf(status: string | undefined): Pick<RequestLogFilter, 'statusFrom' | 'statusTo'> {
  if (!status) return {};
  if (!status.endsWith('xx')) return { statusFrom: Number(status), statusTo: Number(status) };
  const hundred = Number(status[0]) * 100;
  return { statusFrom: hundred, statusTo: hundred + 99 };
}
