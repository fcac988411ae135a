/** What the socket is doing; `idle` until something subscribes. */
export type ConnectionState = 'idle' | 'connecting' | 'live' | 'lost';

export interface Connection {
  get(): ConnectionState;
  set(next: ConnectionState): void;
  subscribe(listener: () => void): () => void;
}

/** One value with listeners, in the shape that useSyncExternalStore asks for. */
export function createConnection(): Connection {
  let state: ConnectionState = 'idle';
  const listeners = new Set<() => void>();
  return {
    get: () => state,
    set(next) {
      if (next === state) return;
      state = next;
      for (const listener of listeners) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
