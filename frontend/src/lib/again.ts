import { type Exchange, makeOperation, type Operation } from 'urql';
import { filter, makeSubject, merge, pipe, share, tap } from 'wonka';

/** Milliseconds before each further try. */
const waits = [300, 1000];

/**
 * Reads that met no server are asked again: a laptop that changes its network, or a container that comes or goes beside the browser,
 * has every request dropped that was about to connect, and a gateway that starts anew is away for a moment. Changes are not
 * repeated, since nobody knows whether they were made.
 */
export const again: Exchange =
  ({ forward }) =>
  (operations) => {
    const { source: repeated, next } = makeSubject<Operation>();
    const waiting = new Map<number, ReturnType<typeof setTimeout>>();
    function rest(key: number) {
      clearTimeout(waiting.get(key));
      waiting.delete(key);
    }
    // Whoever asks anew, or no longer, has no use for what was put off.
    const asked = share(tap((operation: Operation) => rest(operation.key))(operations));
    return pipe(
      merge([asked, repeated]),
      forward,
      filter(({ operation, error }) => {
        const tries: number = operation.context.tries ?? 0;
        const wait = waits[tries];
        if (operation.kind !== 'query' || !error?.networkError || error.response || wait === undefined) return true;
        const more = makeOperation(operation.kind, operation, { ...operation.context, tries: tries + 1 });
        waiting.set(
          operation.key,
          setTimeout(() => next(more), wait),
        );
        return false;
      }),
    );
  };
