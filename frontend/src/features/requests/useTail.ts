import { useEffect, useRef, useState } from 'react';
import { type CombinedError, useClient } from 'urql';
import { graphql, readFragment } from '../../generated';
import type { RequestLogFilter, RequestRow_RequestFragment } from '../../generated/graphql';
import { useVisible } from '../../lib/useVisible';
import { requestFragment } from './RequestRow';

const tailSubscription = graphql(`
  subscription RequestsTail($filter: RequestLogFilter!) {
    requestTail(filter: $filter) {
      time
      matched
      failed
      dropped
      requests {
        ...RequestRow_request
      }
    }
  }
`);

/** A row of the tail: a request, with how many came together, or a stretch of time in which some were left out. */
export type TailRow =
  | { kind: 'request'; id: string; request: RequestRow_RequestFragment; among: number }
  | { kind: 'gap'; id: string; count: number; from: string; to: string };

export interface Tail {
  /** Newest first. */
  rows: readonly TailRow[];
  matched: number;
  failed: number;
  error?: CombinedError;
}

const ring = 500;
const nothing: Tail = { rows: [], matched: 0, failed: 0 };

/** What came by since the page opened, the last 500 of it. It goes round urql's cache, which would keep every message. */
export function useTail(filter: RequestLogFilter): Tail {
  const client = useClient();
  const visible = useVisible();
  const key = JSON.stringify(filter);
  const [state, setState] = useState({ key, tail: nothing });
  const messages = useRef(0);
  // When the last message came; what is missing in the next one came after it.
  const since = useRef(new Date().toISOString());

  useEffect(() => {
    if (!visible) return;
    const { unsubscribe } = client.subscription(tailSubscription, { filter: JSON.parse(key) }).subscribe(({ data, error }) => {
      const message = data?.requestTail;
      if (error) setState((s) => ({ key, tail: { ...(s.key === key ? s.tail : nothing), error } }));
      if (!message) return;
      messages.current += 1;
      const came = { ...message, number: messages.current, from: since.current };
      since.current = message.time;
      const requests = readFragment(requestFragment, message.requests);
      setState((s) => {
        const before = s.key === key ? s.tail : nothing;
        return {
          key,
          tail: {
            rows: [...rowsOf(requests, came), ...before.rows].slice(0, ring),
            matched: before.matched + message.matched,
            failed: before.failed + message.failed,
          },
        };
      });
    });
    return unsubscribe;
  }, [client, key, visible]);

  return state.key === key ? state.tail : nothing;
}

interface Message {
  /** Counts the messages, so that each gap has a name of its own. */
  number: number;
  from: string;
  time: string;
  matched: number;
  dropped: number;
}

/** A message's rows, newest first, under the count of what it left out. */
export function rowsOf(requests: readonly RequestRow_RequestFragment[], message: Message): TailRow[] {
  const among = requests.length;
  const rows: TailRow[] = requests.map((request): TailRow => ({ kind: 'request', id: request.id, request, among })).reverse();
  const left = message.matched - requests.length + message.dropped;
  if (left <= 0) return rows;
  return [{ kind: 'gap', id: `gap-${message.number}`, count: left, from: message.from, to: message.time }, ...rows];
}
