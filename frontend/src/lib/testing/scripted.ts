import type { ExecutionResult } from 'graphql';
import type { Carrier } from '../graphql';

type Variables = Record<string, unknown>;

/** What an operation answers: data, or errors as the server words them. */
export type Answer = ExecutionResult<Record<string, unknown>>;

/** Answers by operation name; one that is missing fails the test that asked for it. */
export type Script = Record<string, Answer | ((variables: Variables) => Answer | Promise<Answer>)>;

export interface ScriptedFetch {
  fetch: typeof fetch;
  /** What was asked so far, oldest first. */
  asked: { operation: string; variables: Variables }[];
}

export function scriptedFetch(script: Script): ScriptedFetch {
  const asked: ScriptedFetch['asked'] = [];
  return {
    asked,
    async fetch(_url, init) {
      const { operationName: operation, variables = {} } = JSON.parse(String(init?.body));
      asked.push({ operation, variables });
      const answer = script[operation];
      if (!answer) throw new Error(`no script for ${operation}`);
      const result = typeof answer === 'function' ? await answer(variables) : answer;
      return new Response(JSON.stringify(result), { headers: { 'Content-Type': 'application/json' } });
    },
  };
}

export interface ScriptedSocket extends Carrier {
  /** Sends data to whoever listens to an operation now. */
  send(operation: string, data: Record<string, unknown>): void;
  listens(operation: string): boolean;
}

export function scriptedSocket(): ScriptedSocket {
  const sinks = new Map<string, Set<(data: Record<string, unknown>) => void>>();
  return {
    subscribe(payload, sink) {
      const operation = /subscription (\w+)/.exec(payload.query)?.[1] ?? '';
      const listeners = sinks.get(operation) ?? new Set();
      const next = (data: Record<string, unknown>) => sink.next({ data } as never);
      sinks.set(operation, listeners.add(next));
      return () => {
        listeners.delete(next);
        sink.complete();
      };
    },
    send: (operation, data) => sinks.get(operation)?.forEach((next) => void next(data)),
    listens: (operation) => (sinks.get(operation)?.size ?? 0) > 0,
  };
}

/** An error as the server words a refused input. */
export function badInput(path: string, reason: string, message: string, params: Variables = {}): Answer {
  const extensions = { code: 'BAD_INPUT', field: path, errors: [{ path, reason, params, message }] };
  return { data: null, errors: [{ message, extensions } as never] };
}
