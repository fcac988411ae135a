import { isSignedIn } from '../lib/session';

/** Whether this browser is signed in, asked once and then remembered until the server says otherwise. */
export interface Session {
  check(): Promise<boolean>;
  /** Someone has signed in. */
  began(): void;
  /** The server no longer knows the session, or nobody was here for too long. */
  ended(): void;
  /** Whether it has ended while a page was open. */
  hasEnded(): boolean;
  subscribe(listener: () => void): () => void;
}

export function createSession(): Session {
  let known = false;
  let over = false;
  const listeners = new Set<() => void>();
  function set(now: { known: boolean; over: boolean }) {
    ({ known, over } = now);
    for (const listener of listeners) listener();
  }
  return {
    async check() {
      known ||= await isSignedIn();
      return known;
    },
    began: () => set({ known: true, over: false }),
    // One that never began has nobody to tell.
    ended: () => set({ known: false, over: over || known }),
    hasEnded: () => over,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** Only an address of ours may be gone to after signing in. */
export function safeNext(next: unknown): string {
  return typeof next === 'string' && /^\/(?![/\\])/.test(next) ? next : '/';
}
