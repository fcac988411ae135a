import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

const project = resolve(import.meta.dirname, '../..');

/** A process of ours; `stop` waits until it is gone. */
interface Running {
  stop(): Promise<void>;
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((done) => child.once('exit', done));
  child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGKILL'), 15_000);
  await gone;
  clearTimeout(late);
}

export interface Upstream extends Running {
  url: string;
}

/** The scripted upstream, which takes every key that begins with `good-`. */
export async function startUpstream(): Promise<Upstream> {
  const folder = mkdtempSync(join(tmpdir(), 'roundhouse-upstream-'));
  const binary = join(folder, 'upstream');
  execFileSync('go', ['build', '-o', binary, './internal/upstreamtest/upstream'], { cwd: project, stdio: 'inherit' });
  const child = spawn(binary, ['--listen', '127.0.0.1:0', '--keys', 'good-*'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const address = await new Promise<string>((found, failed) => {
    createInterface({ input: child.stdout }).once('line', found);
    child.once('exit', (code) => failed(new Error(`the upstream ended with ${code}`)));
  });
  return {
    url: `http://${address}`,
    async stop() {
      await stop(child);
      rmSync(folder, { recursive: true });
    },
  };
}

/** Has the upstream answer a key so from now on; as ever when nothing is said. */
export async function script({ url }: Upstream, key: string, always = ''): Promise<void> {
  await fetch(`${url}/_script`, { method: 'POST', body: JSON.stringify({ key, always }) });
}

export interface House extends Running {
  url: string;
  /** The folder of its database and journal. */
  data: string;
  authKey: string;
  /** Ends it and starts it again on the same port and database; `meanwhile` is done while it is away. */
  restart(meanwhile: () => Promise<void>): Promise<void>;
  /** Asks GraphQL as a script would, by the admin key. */
  ask<T>(query: string, variables?: object): Promise<T>;
}

/** The real binary on a database of its own; `more` is added to its environment. A DATA_DIR that is given is kept when it stops. */
export async function startHouse(more: Record<string, string> = {}): Promise<House> {
  const own = more.DATA_DIR ? undefined : mkdtempSync(join(tmpdir(), 'roundhouse-e2e-'));
  const data = own ?? String(more.DATA_DIR);
  const port = await freePort();
  const authKey = randomBytes(18).toString('base64url');
  const binary = process.env.ROUNDHOUSE_BIN ?? join(project, 'bin/roundhouse');
  const env = {
    PATH: process.env.PATH,
    HOST: '127.0.0.1',
    PORT: String(port),
    DATA_DIR: data,
    AUTH_KEY: authKey,
    LOG_LEVEL: 'warn',
    ...more,
  };
  const url = `http://localhost:${port}`;
  let child = await start();

  async function start(): Promise<ChildProcess> {
    const started = spawn(binary, [], { cwd: data, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    for (const stream of [started.stdout, started.stderr]) stream.on('data', (chunk) => (said += chunk));
    await ready(`${url}/ready`, () => (started.exitCode === null ? undefined : said));
    return started;
  }

  return {
    url,
    data,
    authKey,
    async ask<T>(query: string, variables: object = {}) {
      const res = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${authKey}` },
        body: JSON.stringify({ query, variables }),
      });
      const { data: answer, errors } = (await res.json()) as { data: T; errors?: unknown };
      if (errors) throw new Error(JSON.stringify(errors));
      return answer;
    },
    async restart(meanwhile) {
      await stop(child);
      await meanwhile();
      child = await start();
    },
    async stop() {
      await stop(child);
      if (own) rmSync(own, { recursive: true });
    },
  };
}

function freePort(): Promise<number> {
  return new Promise((found, failed) => {
    const server = createServer();
    server.once('error', failed);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => (typeof address === 'object' && address ? found(address.port) : failed(new Error('no port'))));
    });
  });
}

async function ready(url: string, ended: () => string | undefined): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (Date.now() < deadline) {
    const said = ended();
    if (said !== undefined) throw new Error(`the gateway ended at once:\n${said}`);
    const up = await fetch(url).then(
      (res) => res.ok,
      () => false,
    );
    if (up) return;
    await new Promise((next) => setTimeout(next, 50));
  }
  throw new Error(`${url} was not ready within 30 s`);
}

interface Made {
  id: string;
  name: string;
  endpoint: string;
}

/** What a group of each dialect is made of here. */
const kinds = {
  OPENAI: { base: '/v1', testModel: 'gpt-4.1-nano' },
  OPENAI_RESPONSES: { base: '/v1', testModel: 'gpt-4.1-nano' },
  ANTHROPIC: { base: '', testModel: 'claude-haiku-4-5' },
  GEMINI: { base: '', testModel: 'gemini-2.5-flash-lite' },
};

export type Dialect = keyof typeof kinds;

/** A group with keys, as a script would make it. */
export async function makeGroup(
  house: House,
  upstream: Upstream,
  name: string,
  keys: string[],
  dialect: Dialect = 'OPENAI',
): Promise<Made> {
  const { base, testModel } = kinds[dialect];
  const { createGroup } = await house.ask<{ createGroup: Made }>(
    'mutation M($input: CreateGroupInput!) { createGroup(input: $input) { id name endpoint } }',
    { input: { name, dialect, upstreams: [{ url: `${upstream.url}${base}` }], testModel } },
  );
  if (keys.length > 0) {
    await house.ask('mutation I($id: ID!, $text: String!) { importKeys(groupId: $id, text: $text) { id } }', {
      id: createGroup.id,
      text: keys.join('\n'),
    });
    await until(async () => {
      const { group } = await house.ask<{ group: { keyCounts: { active: number } } }>(
        'query G($id: ID!) { group(id: $id) { keyCounts { active } } }',
        { id: createGroup.id },
      );
      return group.keyCounts.active === keys.length;
    });
  }
  return createGroup;
}

/** An aggregate of groups that there are, all of one weight. */
export async function makeAggregate(house: House, name: string, members: string[]): Promise<void> {
  const { groups } = await house.ask<{ groups: Made[] }>('query { groups { id name } }');
  const subGroups = groups.filter((g) => members.includes(g.name)).map((g) => ({ groupId: g.id }));
  await house.ask('mutation A($input: CreateGroupInput!) { createGroup(input: $input) { id } }', {
    input: { name, dialect: 'OPENAI', kind: 'AGGREGATE', subGroups },
  });
}

/** A proxy key for every group. */
export async function makeProxyKey(house: House): Promise<string> {
  const { createProxyKey } = await house.ask<{ createProxyKey: { value: string } }>(
    'mutation P { createProxyKey(notes: "e2e") { value } }',
  );
  return createProxyKey.value;
}

/** Fills a house that is stopped with a past: so many requests of its groups over so many days. */
export async function fill(house: House, requests: number, days: number): Promise<void> {
  const binary = showroom();
  const args = ['-database', join(house.data, 'roundhouse.db'), '-requests', String(requests), '-days', String(days)];
  execFileSync(binary, args, { stdio: ['ignore', 'ignore', 'inherit'] });
}

let built: string | undefined;

/** Built once for all tests of a worker. */
function showroom(): string {
  if (built) return built;
  const folder = mkdtempSync(join(tmpdir(), 'roundhouse-showroom-'));
  process.once('exit', () => rmSync(folder, { recursive: true }));
  built = join(folder, 'showroom');
  execFileSync('go', ['build', '-o', built, './internal/showroom'], { cwd: project, stdio: 'inherit' });
  return built;
}

/** One chat completion through the gateway; its status. */
export async function chat(house: House, group: string, proxyKey: string, model = 'gpt-4.1-nano'): Promise<number> {
  const res = await fetch(`${house.url}/proxy/${group}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${proxyKey}` },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: 'hello' }] }),
  });
  await res.arrayBuffer();
  return res.status;
}

/** Waits until so many requests are in the log: they are written within a second, and history is read when it is opened. */
export function logged(house: House, requests: number): Promise<void> {
  const query = 'query L($first: Int!) { requestLogs(filter: { attempt: FINAL }, first: $first) { edges { cursor } } }';
  return until(async () => {
    const { requestLogs } = await house.ask<{ requestLogs: { edges: unknown[] } }>(query, { first: requests });
    return requestLogs.edges.length === requests;
  });
}

export async function until(met: () => Promise<boolean>, patience = 10_000): Promise<void> {
  const deadline = Date.now() + patience;
  while (!(await met())) {
    if (Date.now() > deadline) throw new Error(`waited ${patience / 1000} s in vain`);
    await new Promise((next) => setTimeout(next, 50));
  }
}
