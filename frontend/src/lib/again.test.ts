import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createGraphQL } from './graphql';
import { createRefused } from './refused';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A client whose first requests meet no server. */
function clientWithout(server: number) {
  const fetch = vi.fn(async () => {
    if (fetch.mock.calls.length <= server) throw new TypeError('Failed to fetch');
    return new Response('{"data":{"n":1}}', { headers: { 'Content-Type': 'application/json' } });
  });
  const socket = { subscribe: () => () => undefined };
  return { fetch, client: createGraphQL({ socket, refused: createRefused(vi.fn()), fetch: fetch as never }) };
}

test('a read that met no server is asked again until one answers', async () => {
  const { fetch, client } = clientWithout(2);
  const answered = vi.fn();
  const { unsubscribe } = client.query('query Q { n }', {}).subscribe(answered);
  await vi.advanceTimersByTimeAsync(5000);
  expect(fetch).toHaveBeenCalledTimes(3);
  expect(answered).toHaveBeenCalledOnce();
  expect(answered.mock.calls[0]?.[0]).toMatchObject({ data: { n: 1 }, error: undefined });
  unsubscribe();
});

test('in the end its asker is told, and may ask as often again', async () => {
  const { fetch, client } = clientWithout(4);
  const answered = vi.fn();
  const { unsubscribe } = client.query('query Q { n }', {}).subscribe(answered);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(fetch).toHaveBeenCalledTimes(3);
  expect(answered.mock.calls[0]?.[0].error.networkError).toBeInstanceOf(TypeError);
  unsubscribe();
  client.query('query Q { n }', {}).subscribe(answered);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(fetch).toHaveBeenCalledTimes(5);
  expect(answered.mock.calls[1]?.[0].data).toEqual({ n: 1 });
});

test('a read that nobody waits for any more rests, and a change is never repeated', async () => {
  const { fetch, client } = clientWithout(9);
  const { unsubscribe } = client.query('query Q { n }', {}).subscribe(vi.fn());
  await vi.advanceTimersByTimeAsync(100);
  unsubscribe();
  const changed = vi.fn();
  client.mutation('mutation M { n }', {}).subscribe(changed);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(fetch).toHaveBeenCalledTimes(2);
  expect(changed).toHaveBeenCalledOnce();
});
