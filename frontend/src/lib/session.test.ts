import { afterEach, expect, test, vi } from 'vitest';
import { signIn } from './session';

afterEach(() => vi.unstubAllGlobals());

function answering(status: number, headers: Record<string, string> = {}) {
  const fetch = vi.fn(async () => new Response(null, { status, headers }));
  vi.stubGlobal('fetch', fetch);
  return fetch;
}

test('sends the key as JSON and nothing else', async () => {
  const fetch = answering(204);
  expect(await signIn('key-a')).toEqual({ kind: 'ok' });
  expect(fetch).toHaveBeenCalledWith(
    '/session',
    expect.objectContaining({ method: 'POST', body: '{"authKey":"key-a"}', headers: { 'Content-Type': 'application/json' } }),
  );
});

test.each([
  [401, {}, { kind: 'refused' }],
  [429, { 'Retry-After': '90' }, { kind: 'locked', wait: 90 }],
  [429, { 'Retry-After': '0.2' }, { kind: 'locked', wait: 1 }],
  [429, {}, { kind: 'locked', wait: 60 }],
  [503, {}, { kind: 'unreachable' }],
])('%d %j', async (status, headers, result) => {
  answering(status, headers as Record<string, string>);
  expect(await signIn('key-a')).toEqual(result);
});

test('a date in Retry-After is counted from now', async () => {
  answering(429, { 'Retry-After': new Date(Date.now() + 30_000).toUTCString() });
  const result = await signIn('key-a');
  expect(result.kind === 'locked' && result.wait).toBeGreaterThan(27);
});

test('a gateway that is away is not a wrong key', async () => {
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('refused')));
  expect(await signIn('key-a')).toEqual({ kind: 'unreachable' });
});
