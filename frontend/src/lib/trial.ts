import type { Dialect } from '../generated/graphql';

/** What is sent below /try/{group}/. */
export interface TryRequest {
  path: string;
  body: string;
}

export interface Ask {
  model: string;
  prompt: string;
  stream: boolean;
}

/** Sends a request through a group as the administrator who is signed in; it is recorded as a trial. */
export function sendTrial(
  group: string,
  dialect: Dialect,
  { path, body }: TryRequest,
  more: { headers?: Record<string, string>; signal?: AbortSignal } = {},
): Promise<Response> {
  return fetch(`/try/${encodeURIComponent(group)}/${path.replace(/^\/+/, '')}`, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      ...(dialect === 'ANTHROPIC' ? { 'anthropic-version': '2023-06-01' } : {}),
      ...more.headers,
    },
    body,
    signal: more.signal,
  });
}

/** The plainest request of a dialect that has a prompt answered. */
export function requestFor(dialect: Dialect, { model, prompt, stream }: Ask): TryRequest {
  switch (dialect) {
    case 'OPENAI':
      return json('v1/chat/completions', {
        model,
        messages: [{ role: 'user', content: prompt }],
        ...(stream ? { stream: true, stream_options: { include_usage: true } } : {}),
      });
    case 'OPENAI_RESPONSES':
      return json('v1/responses', { model, input: prompt, ...(stream ? { stream: true } : {}) });
    case 'ANTHROPIC':
      return json('v1/messages', {
        model,
        max_tokens: 1024,
        messages: [{ role: 'user', content: prompt }],
        ...(stream ? { stream: true } : {}),
      });
    case 'GEMINI':
      return json(`v1beta/models/${encodeURIComponent(model)}:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`, {
        contents: [{ role: 'user', parts: [{ text: prompt }] }],
      });
  }
}

function json(path: string, body: object): TryRequest {
  return { path, body: JSON.stringify(body, null, 2) };
}
