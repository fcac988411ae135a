import { createClient as createSocketClient, type Client as Socket } from 'graphql-ws/client';
import {
  type Client,
  cacheExchange,
  createClient,
  type Exchange,
  type ExchangeIO,
  fetchExchange,
  type Operation,
  type OperationResult,
  subscriptionExchange,
} from 'urql';
import { empty, filter, merge, type Source, share } from 'wonka';
import { again } from './again';
import type { Connection } from './connection';
import type { Refused } from './refused';

/** What carries subscriptions; graphql-ws's client is one, a test's script another. */
export type Carrier = Pick<Socket, 'subscribe'>;

export interface GraphQLOptions {
  socket: Carrier;
  /** Is told of what the server refuses. */
  refused: Refused;
  /** The browser's own, unless a test brings a script. */
  fetch?: typeof fetch;
}

/** WebSocket close code of the server for "not signed in". */
const unauthorized = 4401;

/** One socket for the tab, opened by the first subscription, reopened for as long as something listens. */
export function createSocket(connection: Connection, onUnauthenticated: () => void): Carrier {
  let listening = 0;
  const socket = createSocketClient({
    url: `${location.origin.replace(/^http/, 'ws')}/graphql`,
    lazy: true,
    lazyCloseTimeout: 10_000,
    keepAlive: 15_000,
    retryAttempts: Number.POSITIVE_INFINITY,
    shouldRetry: () => true,
    // From half a second to ten, with a part of chance so that many tabs do not return in one breath.
    retryWait: async (retries) => {
      const wait = Math.min(500 * 2 ** retries, 10_000);
      await new Promise((resolve) => setTimeout(resolve, wait * (0.75 + Math.random() / 2)));
    },
    on: {
      connecting: () => connection.set(connection.get() === 'lost' ? 'lost' : 'connecting'),
      connected: () => connection.set('live'),
      closed: (event) => {
        if ((event as CloseEvent).code === unauthorized) onUnauthenticated();
        connection.set(listening > 0 ? 'lost' : 'idle');
      },
    },
  });
  const carrier = lasting(socket);
  return {
    subscribe(payload, sink) {
      listening += 1;
      const dispose = carrier.subscribe(payload, sink);
      return () => {
        listening -= 1;
        dispose();
      };
    },
  };
}

/** How long a subscription that the server ended rests before it is asked for again. */
const rest = 1000;

/** Subscriptions of the console end by whoever asked for them, never by the server: one that it completes, as it does when it stops, is asked for again. */
export function lasting(carrier: Carrier): Carrier {
  return {
    subscribe(payload, sink) {
      let wanted = true;
      let timer: ReturnType<typeof setTimeout> | undefined;
      let dispose: () => void = () => undefined;
      function ask() {
        timer = undefined;
        dispose = carrier.subscribe(payload, {
          next: (value) => sink.next(value as never),
          error: (error) => sink.error(error),
          complete: () => {
            if (wanted) timer = setTimeout(ask, rest);
            else sink.complete();
          },
        });
      }
      ask();
      return () => {
        wanted = false;
        clearTimeout(timer);
        dispose();
      };
    },
  };
}

/**
 * The cache keeps every answer for as long as the tab lives, and a reader who scrolls through half a million keys asks for
 * thousands: reads whose context says `unkept` go past it; see unkept.ts.
 */
const cacheUnlessUnkept: Exchange = (input) => (operations) => {
  const isUnkept = (operation: Operation) => Boolean(operation.context.unkept);
  const all = share(operations);
  let answers: Source<OperationResult> = empty;
  const forward: ExchangeIO = (missed) => {
    answers = share(input.forward(merge([missed, filter(isUnkept)(all)])));
    return filter((answer: OperationResult) => !isUnkept(answer.operation))(answers);
  };
  const kept = cacheExchange({ ...input, forward })(filter((operation: Operation) => !isUnkept(operation))(all));
  return merge([kept, filter((answer: OperationResult) => isUnkept(answer.operation))(answers)]);
};

export function createGraphQL({ socket, refused, fetch }: GraphQLOptions): Client {
  return createClient({
    url: '/graphql',
    preferGetMethod: false,
    fetch,
    fetchOptions: { credentials: 'same-origin' },
    requestPolicy: 'cache-and-network',
    exchanges: [
      cacheUnlessUnkept,
      refused.exchange,
      again,
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: ({ query = '', variables }) => ({
          subscribe: (sink) => ({ unsubscribe: socket.subscribe({ query, variables }, sink) }),
        }),
      }),
    ],
  });
}
