/** What an administrator takes from the group's own choice. */
export interface Pins {
  /** A key's id. */
  key?: string;
  /** A base URL as the group lists it. */
  upstream?: string;
}

/** Takes what an address holds; what makes no sense is dropped. */
export function readPins(raw: Record<string, unknown>): Pins {
  const key = String(raw.key ?? '');
  return {
    key: /^\d+$/.test(key) ? key : undefined,
    upstream: typeof raw.upstream === 'string' && raw.upstream !== '' ? raw.upstream : undefined,
  };
}
