import { type Client, mapExchange, type Operation } from 'urql';

/** Remembers the reads that the server refused because the session had ended, so that they can be asked again after it is renewed. */
export function createRefused(onUnauthenticated: () => void) {
  const refused = new Map<number, Operation>();
  return {
    exchange: mapExchange({
      onError(error, operation) {
        if (error.response?.status !== 401) return;
        // A change is repeated by whoever made it, who still sees what was typed.
        if (operation.kind === 'query') refused.set(operation.key, operation);
        onUnauthenticated();
      },
    }),
    askAgain(client: Client) {
      for (const operation of refused.values()) {
        client.reexecuteOperation(client.createRequestOperation('query', operation, { requestPolicy: 'network-only' }));
      }
      refused.clear();
    },
  };
}

export type Refused = ReturnType<typeof createRefused>;
