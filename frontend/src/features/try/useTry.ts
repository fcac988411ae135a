import { useEffect, useReducer, useRef } from 'react';
import type { Dialect } from '../../generated/graphql';
import { sendTrial, type TryRequest } from '../../lib/trial';
import { answerOf, deltaOf, errorOf } from './dialects';
import { createEventReader } from './events';
import type { Pins } from './pins';

/** How a trial stands. */
export interface Trial {
  state: 'idle' | 'sending' | 'answering' | 'done' | 'cancelled' | 'failed';
  status?: number;
  headers: readonly [name: string, value: string][];
  /** The id of its records; missing when the gateway refused before it was one. */
  requestId?: string;
  /** The answer as text, and as it came. */
  text: string;
  raw: string;
  /** What the answer says went wrong. */
  error: string;
  /** Milliseconds since it was sent. */
  headerMs?: number;
  firstByteMs?: number;
  totalMs?: number;
}

const nothing: Trial = { state: 'idle', headers: [], text: '', raw: '', error: '' };

/** The most of an answer that is kept as it came, in characters. */
const mostRaw = 1_000_000;

/** What has become of a trial, or that it begins again. */
function follow(now: Trial, change: Partial<Trial> | 'again'): Trial {
  return change === 'again' ? { ...nothing, state: 'sending' } : { ...now, ...change };
}

/** Sends one request through the group and takes its answer as it comes. */
export function useTry(group: string, dialect: Dialect) {
  const [trial, tell] = useReducer(follow, nothing);
  const running = useRef<AbortController>(undefined);
  useEffect(() => () => running.current?.abort(), []);

  async function send(request: TryRequest, pins: Pins) {
    running.current?.abort();
    const controller = new AbortController();
    running.current = controller;
    tell('again');
    const began = performance.now();
    const since = () => performance.now() - began;
    try {
      const more = { headers: pinHeaders(pins), signal: controller.signal };
      const answer = await sendTrial(group, dialect, request, more);
      tell({
        state: 'answering',
        status: answer.status,
        headers: [...answer.headers],
        requestId: answer.headers.get('X-Roundhouse-Request') ?? undefined,
        headerMs: since(),
      });
      await take(answer, dialect, tell, since);
      tell({ state: 'done', totalMs: since() });
    } catch (error) {
      const state = controller.signal.aborted ? 'cancelled' : 'failed';
      tell({ state, totalMs: since(), error: state === 'failed' && error instanceof Error ? error.message : '' });
    }
  }

  return { trial, send, cancel: () => running.current?.abort() };
}

function pinHeaders({ key, upstream }: Pins): Record<string, string> {
  return { ...(key ? { 'X-Roundhouse-Key': key } : {}), ...(upstream ? { 'X-Roundhouse-Upstream': upstream } : {}) };
}

/** Reads an answer to its end, told at every piece. */
async function take(answer: Response, dialect: Dialect, tell: (change: Partial<Trial>) => void, since: () => number) {
  const isStream = /^text\/event-stream/i.test(answer.headers.get('Content-Type') ?? '');
  const readEvents = createEventReader();
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
  let raw = '';
  let text = '';
  let error = '';
  let firstByteMs: number | undefined;
  for (let piece = await reader?.read(); piece && !piece.done; piece = await reader?.read()) {
    firstByteMs ??= since();
    raw = (raw + piece.value).slice(0, mostRaw);
    if (isStream) {
      for (const event of readEvents(piece.value).map(parsed)) {
        text += deltaOf(dialect, event);
        error ||= errorOf(event);
      }
    }
    tell({ raw, text, error, firstByteMs });
  }
  if (isStream) return;
  const whole = parsed(raw);
  tell({
    text: answerOf(dialect, whole),
    error: errorOf(whole),
    raw: whole === undefined ? raw : JSON.stringify(whole, null, 2),
  });
}

/** The JSON of a text; undefined when it is none, as `[DONE]` is. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
