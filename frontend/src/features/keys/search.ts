import type { KeyFault, KeyFilter, KeyOrder } from '../../generated/graphql';
import { oneOf, words } from '../../lib/search';

export const states = ['active', 'cooling', 'invalid', 'disabled'] as const;
export const faults = [
  'UNAUTHORIZED',
  'FORBIDDEN',
  'QUOTA',
  'RATE_LIMITED',
  'VALIDATION_FAILED',
  'UNSEALABLE',
] as const satisfies readonly KeyFault[];
export const spans = ['1d', '7d', '30d', '90d'] as const;
export const ages = ['under-1d', 'under-7d', 'under-30d', 'over-30d', 'over-90d'] as const;
export const orders = ['newest', 'oldest', 'used', 'troubled'] as const;

/** What the page's address says. A field that is missing filters nothing. */
export interface KeysSearch {
  status?: (typeof states)[number];
  fault?: (typeof faults)[number];
  /** The status with which a key last failed. */
  code?: number;
  /** Not used for so long. */
  unused?: (typeof spans)[number];
  /** Imported within or before so long. */
  age?: (typeof ages)[number];
  /** A fingerprint or the beginning of notes; never a key. */
  q?: string;
  order?: Exclude<(typeof orders)[number], 'newest'>;
  /** Where in the list, 0 to 1; missing is its beginning. */
  at?: number;
}

/** The part of the address that filters. */
export const filterFields = ['status', 'fault', 'code', 'unused', 'age', 'q'] as const satisfies readonly (keyof KeysSearch)[];

function within(value: unknown, least: number, most: number): number | undefined {
  const number = value === '' || value === undefined ? Number.NaN : Number(value);
  return number >= least && number <= most ? number : undefined;
}

/** Takes what an address holds; what makes no sense is dropped. */
export function readKeysSearch(raw: Record<string, unknown>): KeysSearch {
  const code = within(raw.code, 100, 999);
  return {
    status: oneOf(states, raw.status),
    fault: oneOf(faults, raw.fault),
    code: code === undefined ? undefined : Math.floor(code),
    unused: oneOf(spans, raw.unused),
    age: oneOf(ages, raw.age),
    q: words(raw.q),
    order: oneOf(['oldest', 'used', 'troubled'], raw.order),
    at: within(raw.at, 0, 1) || undefined,
  };
}

export function isFiltered(search: KeysSearch): boolean {
  return filterFields.some((field) => search[field] !== undefined);
}

const day = 86_400_000;

function before(now: number, span: string): string {
  return new Date(now - Number.parseInt(span, 10) * day).toISOString();
}

const statusOf = {
  active: { statusIn: ['ACTIVE'] },
  cooling: { cooling: true },
  invalid: { statusIn: ['INVALID'] },
  disabled: { statusIn: ['DISABLED'] },
} as const;

/** The filter of an address as of `now`, in milliseconds since 1970; undefined when it filters nothing. */
export function filterOf(search: KeysSearch, now: number): KeyFilter | undefined {
  if (!isFiltered(search)) return undefined;
  const [side, age] = search.age?.split('-') ?? [];
  const { cooling, statusIn }: { cooling?: boolean; statusIn?: readonly ('ACTIVE' | 'INVALID' | 'DISABLED')[] } = search.status
    ? statusOf[search.status]
    : {};
  return {
    cooling,
    statusIn: statusIn && [...statusIn],
    faultIn: search.fault && [search.fault],
    lastStatusCodeIn: search.code ? [search.code] : undefined,
    unusedSince: search.unused && before(now, search.unused),
    createdFrom: side === 'under' && age ? before(now, age) : undefined,
    createdTo: side === 'over' && age ? before(now, age) : undefined,
    search: search.q,
  };
}

const ordersOf: Record<(typeof orders)[number], KeyOrder> = {
  newest: 'NEWEST',
  oldest: 'OLDEST',
  used: 'RECENTLY_USED',
  troubled: 'TROUBLED',
};

export function orderOf(search: KeysSearch): KeyOrder {
  return ordersOf[search.order ?? 'newest'];
}
