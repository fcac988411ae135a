import { createMemoryHistory } from '@tanstack/react-router';
import { render } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { vi } from 'vitest';
import { type Script, scriptedFetch, scriptedSocket } from '../lib/testing/scripted';
import { createApp } from './App';

/** What the frame asks on every page. */
export const always: Script = {
  Version: {
    data: { build: { __typename: 'BuildInfo', version: '0.1.0', commit: 'abc' }, nodes: [{ __typename: 'Node', id: 'n1' }] },
  },
  RunningTasks: { data: { tasks: [] } },
};

interface Story {
  script?: Script;
  signedIn?: boolean;
  /** Instead of the script: every answer of /graphql. */
  graphql?: typeof fetch;
}

/** Mounts the whole console at an address, with a script for a server. */
export function mount(address: string, { script = {}, signedIn = true, graphql }: Story = {}) {
  const history = createMemoryHistory({ initialEntries: [address] });
  const server = scriptedFetch({ ...always, ...script });
  const socket = scriptedSocket();
  const session = vi.fn(async (_url: string, init?: RequestInit) => {
    if (init?.method === 'POST' || init?.method === 'DELETE') return new Response(null, { status: 204 });
    return Response.json({ signedIn });
  });
  vi.stubGlobal('fetch', session);
  render(createApp({ nonce: '', fetch: graphql ?? server.fetch, socket, history }));
  return { history, socket, session, asked: server.asked, user: userEvent.setup() };
}

export const counts = { __typename: 'KeyCounts', total: 3, active: 2, invalid: 1, disabled: 0, cooling: 1 };

export function group(name: string, more: object = {}) {
  return {
    __typename: 'Group',
    id: name,
    name,
    displayName: '',
    description: '',
    dialect: 'OPENAI',
    kind: 'STANDARD',
    enabled: true,
    endpoint: `http://localhost:3001/proxy/${name}`,
    testModel: 'model-a',
    keyCounts: counts,
    version: 1,
    traffic: {
      __typename: 'TrafficSummary',
      requests: 12345,
      failures: 6172,
      errorRate: 0.5,
      inputTokens: 10,
      outputTokens: 20,
    },
    p95Ms: 1234,
    spark: [{ __typename: 'TrafficPoint', time: '2026-01-02T12:00:00Z', successes: 3, clientFaults: 0, failures: 1 }],
    upstreams: [upstream('https://upstream.test/v1')],
    parents: [],
    subGroups: [],
    members: [],
    recentModels: [],
    values: [],
    ...more,
  };
}

/** What the list of groups answers. */
export function groupList(...groups: ReturnType<typeof group>[]) {
  return { groups };
}

export function upstream(url: string, more: object = {}) {
  return {
    __typename: 'Upstream',
    url,
    weight: 1,
    enabled: true,
    healthy: true,
    ejectedUntil: null,
    consecutiveFailures: 0,
    lastError: null,
    ...more,
  };
}

let made = 0;

export function request(more: object = {}) {
  made += 1;
  return {
    __typename: 'RequestLog',
    id: String(made),
    requestId: `req-${made}`,
    time: new Date().toISOString(),
    startedAt: new Date().toISOString(),
    attempt: 'FINAL',
    attemptNumber: 1,
    groupName: 'example',
    parentGroupName: null,
    model: `model-${made}`,
    upstreamModel: null,
    path: '/v1/chat/completions',
    method: 'POST',
    keyMasked: 'sk-…ab',
    upstream: 'https://upstream.test/v1',
    statusCode: 200,
    outcome: 'OK',
    charged: 'NOBODY',
    cooledSeconds: null,
    stream: false,
    trial: false,
    waitMs: 0,
    connectMs: 3,
    headerMs: 40,
    firstByteMs: 41,
    durationMs: 90,
    requestBytes: 100,
    responseBytes: 200,
    inputTokens: 7,
    outputTokens: 5,
    cachedTokens: null,
    reasoningTokens: null,
    group: { __typename: 'Group', id: '1', endpoint: 'http://localhost:3001/proxy/example' },
    dialect: 'OPENAI',
    keyFingerprint: null,
    proxyKeyId: null,
    proxyKeyFingerprint: null,
    clientIp: '127.0.0.1',
    userAgent: 'test',
    upstreamRequestId: null,
    requestBody: null,
    error: null,
    ...more,
  };
}

export const down = () => {
  throw new TypeError('connection refused');
};
