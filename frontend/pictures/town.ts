import { fill, type House, makeAggregate, makeGroup, makeProxyKey, type Upstream } from '../e2e/house';

/** Keys of a group, most of them living; every ninth is one that the upstream refuses. */
function keys(group: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => `${i % 9 === 4 ? 'bad' : 'good'}-${group}-${String(i).padStart(4, '0')}`);
}

/** A house as it looks after a week: groups of every dialect, keys in every state, and a past. Returns a proxy key. */
export async function furnish(house: House, upstream: Upstream): Promise<string> {
  await makeGroup(house, upstream, 'openai', keys('openai', 240));
  await makeGroup(house, upstream, 'anthropic', keys('anthropic', 64), 'ANTHROPIC');
  await makeGroup(house, upstream, 'gemini', keys('gemini', 96), 'GEMINI');
  await makeGroup(house, upstream, 'batch', keys('batch', 24));
  await makeAggregate(house, 'chat', ['openai', 'batch']);
  for (const notes of ['search service', 'nightly evaluation', 'the support desk']) {
    await house.ask('mutation P($notes: String!) { createProxyKey(notes: $notes) { value } }', { notes });
  }
  const proxyKey = await makeProxyKey(house);
  await house.ask(
    'mutation { updateSettings(input: { requestTimeout: 300, maxRetries: 4, requestLogRetentionDays: 30 }) { version } }',
  );
  await house.restart(() => fill(house, 120_000, 8));
  return proxyKey;
}

/** How long a provider takes, and how much it says. */
function pace(): string {
  return `delay=${Math.round(60 + 500 * Math.random() ** 2)}ms;pace=${Math.round(10 + 60 * Math.random())}ms;words=${Math.round(8 + 24 * Math.random())}`;
}

/** A limit on one model mostly; an account without money now and then, which cools the key for all of them. */
const faults = [
  'status=429;retry-after=45;delay=180ms',
  'status=429;retry-after=45;delay=220ms',
  'status=503;delay=240ms',
  'status=402;delay=90ms',
] as const;

/** Lets one key's next answer fail, so that the gateway goes on to another. */
async function upset(upstream: Upstream): Promise<void> {
  const key = `good-openai-${String(Math.floor(Math.random() * 40) * 6).padStart(4, '0')}`;
  const fault = any(faults);
  await fetch(`${upstream.url}/_script`, { method: 'POST', body: JSON.stringify({ key, do: [fault] }) });
}

function any<T>(list: readonly [T, ...T[]]): T {
  return list[Math.floor(Math.random() * list.length)] ?? list[0];
}

/** Traffic that does not end until it is stopped. */
export function bustle(house: House, upstream: Upstream, proxyKey: string): () => void {
  const ask = () => {
    const stream = Math.random() < 0.6;
    const model = any(['gpt-4.1-mini', 'gpt-4.1', 'gpt-4.1-nano', 'o4-mini']);
    fetch(`${house.url}/proxy/${any(['chat', 'openai', 'openai', 'batch'])}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${proxyKey}`, 'X-Upstream-Do': pace() },
      body: JSON.stringify({ model, stream, messages: [{ role: 'user', content: 'hello' }] }),
    }).then(
      (res) => res.arrayBuffer(),
      () => undefined,
    );
  };
  const timers = [setInterval(ask, 320), setInterval(() => void upset(upstream).catch(() => undefined), 1200)];
  return () => timers.forEach(clearInterval);
}
