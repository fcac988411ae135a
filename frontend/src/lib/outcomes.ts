import type { Outcome } from '../generated/graphql';

/** The endings that the error rate counts. */
export const failures: Outcome[] = [
  'KEY_ERROR',
  'RATE_LIMITED',
  'UPSTREAM_ERROR',
  'UPSTREAM_TRUNCATED',
  'STREAM_ERROR',
  'TIMEOUT',
  'NO_KEY',
  'OVERLOAD',
];

/** What a client or an administrator brought about: neither a success nor a failure. */
export const asides: Outcome[] = ['REFUSED', 'BAD_REQUEST', 'UNAUTHORIZED', 'NOT_FOUND', 'CLIENT_ABORT', 'SHUTDOWN'];
