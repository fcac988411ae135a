import { screen, waitFor, within } from '@testing-library/react';
import { expect, test } from 'vitest';
import { counts, group, mount, request } from './mounting';

const point = {
  __typename: 'TrafficPoint',
  time: '2026-01-02T10:00:00Z',
  successes: 90,
  failures: 10,
  clientFaults: 0,
  rateLimited: 4,
  inputTokens: 1000,
  outputTokens: 200,
  cachedTokens: 0,
  p50Ms: 40,
  p95Ms: 900,
  p99Ms: 1200,
  firstByteP95Ms: 300,
};
const row = (name: string, more: object = {}) => ({
  __typename: 'BreakdownRow',
  name,
  requests: 80,
  failures: 8,
  p95Ms: 900,
  previousRequests: 64,
  ...more,
});

const quiet = {
  LatestFailures: { data: { requestLogs: { __typename: 'RequestLogConnection', edges: [] } } },
  DashboardLiveHistory: { data: { liveHistory: [] } },
  DashboardTraffic: { data: { traffic: [point] } },
  DashboardTrafficBy: { data: { trafficBy: [{ __typename: 'TrafficSeries', name: 'openai', points: [point] }] } },
  DashboardBreakdowns: { data: { groups: [row('openai')], models: [row('model-a')], statuses: [row('200', { failures: 0 })] } },
  DashboardGroup: { data: { group: { __typename: 'Group', id: '7' } } },
  FailingKeys: { data: { failingKeys: [] } },
};

const dashboard = (more: object = {}) => ({
  data: { dashboard: { __typename: 'Dashboard', groups: 1, keyCounts: counts, warnings: [], ...more } },
});

const live = (more: object = {}) => ({
  liveStats: {
    __typename: 'LiveStats',
    time: new Date().toISOString(),
    inFlight: 4,
    openStreams: 1,
    requestsPerSecond: 12.34,
    errorRate: 0.01,
    p95Ms: 1234,
    firstByteP50Ms: null,
    keyCounts: { ...counts, invalid: 0, total: 2 },
    ...more,
  },
});

test('figures change in place, and one sentence says whether all is well', async () => {
  const { socket } = mount('/', { script: { ...quiet, DashboardPage: dashboard() } });
  expect(await screen.findByText('1 key is invalid')).toBeInTheDocument();
  await waitFor(() => expect(socket.listens('DashboardLive')).toBe(true));
  socket.send('DashboardLive', live());
  expect(await screen.findByText('All is well')).toBeInTheDocument();
  expect(screen.getByText('12.3')).toBeInTheDocument();
  socket.send('DashboardLive', live({ errorRate: 0.25 }));
  expect(await screen.findByText('25% of requests fail')).toBeInTheDocument();
});

test('a warning says what would mend it', async () => {
  const warning = {
    __typename: 'SecurityWarning',
    code: 'NEWER_THAN_THIS_CONSOLE',
    severity: 'HIGH',
    message: 'Keys lie open.',
    remedy: 'Close the lid.',
  };
  mount('/', { script: { ...quiet, DashboardPage: dashboard({ warnings: [warning] }) } });
  expect(await screen.findByText('Close the lid.')).toBeInTheDocument();
});

test('the latest failures lead to their time lines', async () => {
  const failure = request({ outcome: 'TIMEOUT', statusCode: 504, model: 'model-slow' });
  mount('/', {
    script: {
      ...quiet,
      DashboardPage: dashboard(),
      LatestFailures: {
        data: { requestLogs: { __typename: 'RequestLogConnection', edges: [{ __typename: 'RequestLogEdge', node: failure }] } },
      },
    },
  });
  expect(await screen.findByText('504 timeout')).toBeInTheDocument();
  expect(screen.getByRole('link', { name: 'model-slow' })).toHaveAttribute(
    'href',
    `/requests/${failure.requestId}?result=failed`,
  );
});

test('a page that opens shows the minute before it', async () => {
  const past = live({ requestsPerSecond: 77.7 }).liveStats;
  mount('/', { script: { ...quiet, DashboardPage: dashboard(), DashboardLiveHistory: { data: { liveHistory: [past] } } } });
  expect(await screen.findByText('77.7')).toBeInTheDocument();
});

test('one window, four lenses: the address says which, and how it is told apart', async () => {
  const { user, history, asked } = mount('/?range=week', { script: { ...quiet, DashboardPage: dashboard() } });
  const traffic = await screen.findByRole('region', { name: 'Traffic' });
  await user.click(await within(traffic).findByRole('button', { name: /Errors 10%/ }));
  await waitFor(() => expect(history.location.search).toBe('?range=week&lens=errors'));
  await user.selectOptions(within(traffic).getByRole('combobox', { name: 'Told apart by' }), 'By group');
  await waitFor(() => expect(asked.some((a) => a.operation === 'DashboardTrafficBy' && a.variables.by === 'GROUP')).toBe(true));
  await waitFor(() => expect(history.location.search).toBe('?range=week&lens=errors&by=group'));
});

test('the chart’s figures are also a table, and arrow keys walk through them and zoom', async () => {
  const { user, history } = mount('/?lens=errors', { script: { ...quiet, DashboardPage: dashboard() } });
  const table = await screen.findByRole('table', { name: /Errors/ });
  expect(within(table).getByRole('columnheader', { name: 'rate limited' })).toBeInTheDocument();
  expect(within(table).getByRole('cell', { name: '4' })).toBeInTheDocument();
  screen.getByRole('group', { name: /^Traffic: Errors/ }).focus();
  await user.keyboard('{ArrowRight}');
  expect(await screen.findByText(/other failures 6, rate limited 4$/)).toBeInTheDocument();
  await user.keyboard('{Enter}');
  await waitFor(() => expect(history.location.search).toMatch(/range=2026-01-02T10/));
});

test('a name in a list narrows everything, and a change says by how much', async () => {
  const { user, history, asked } = mount('/', { script: { ...quiet, DashboardPage: dashboard() } });
  const groups = await screen.findByRole('region', { name: 'Groups' });
  expect(await within(groups).findByText('+25%')).toBeInTheDocument();
  expect(within(groups).getByText('10% failed')).toBeInTheDocument();
  await user.click(within(groups).getByRole('button', { name: 'openai' }));
  await waitFor(() => expect(history.location.search).toBe('?group=openai'));
  await waitFor(() => expect(asked.some((a) => a.operation === 'DashboardTraffic' && a.variables.groupId === '7')).toBe(true));
});

test('a failing key says what it failed by', async () => {
  const failing = {
    __typename: 'FailingKey',
    failures: 5,
    lastStatusCode: 401,
    key: {
      __typename: 'Key',
      id: '3',
      masked: 'sk-…ab',
      fingerprint: '0123456789ab',
      status: 'INVALID',
      coolingUntil: null,
      reason: 'Incorrect API key',
      group: { __typename: 'Group', id: '7', name: 'openai' },
    },
  };
  mount('/', { script: { ...quiet, DashboardPage: dashboard(), FailingKeys: { data: { failingKeys: [failing] } } } });
  expect(await screen.findByText('401 · Incorrect API key')).toBeInTheDocument();
  expect(screen.getByText('5 charges')).toBeInTheDocument();
});

test('first run: provider, keys, create, a snippet with a key, and the request as it arrives', async () => {
  let groups = 0;
  const made = group('openai');
  const { user, socket, asked } = mount('/', {
    script: {
      DashboardPage: () => dashboard({ groups }),
      NewGroupSheet: {
        data: {
          dialects: [
            { __typename: 'DialectDefaults', dialect: 'OPENAI', upstreamUrl: 'https://api.openai.com/v1', testModel: 'model-a' },
          ],
        },
      },
      CreationCreate: () => {
        groups = 1;
        return { data: { createGroup: made } };
      },
      CreationImport: { data: { importKeys: { __typename: 'Task', id: 't1' } } },
      CreationFirstKey: {
        data: {
          keys: { __typename: 'KeyConnection', edges: [{ __typename: 'KeyEdge', node: { __typename: 'Key', id: 'k1' } }] },
        },
      },
      CreationValidate: {
        data: { validateKey: { __typename: 'KeyVerdict', ok: true, statusCode: 200, message: '', durationMs: 412 } },
      },
      MakeProxyKey: {
        data: {
          createProxyKey: {
            __typename: 'CreateProxyKeyPayload',
            proxyKey: { __typename: 'ProxyKey', id: 'p1' },
            value: 'proxy-key-a',
          },
        },
      },
      FirstRequestArrived: { data: { requestLogs: { __typename: 'RequestLogConnection', edges: [] } } },
    },
  });
  expect(await screen.findByRole('heading', { name: 'Set up Roundhouse' })).toBeInTheDocument();
  await user.type(await screen.findByRole('textbox', { name: 'Keys' }), 'key-a key-b');
  expect(screen.getByText('2 keys to add')).toBeInTheDocument();
  await user.click(screen.getByRole('button', { name: 'Create group' }));

  await waitFor(() => expect(socket.listens('CreationProgress')).toBe(true));
  socket.send('CreationProgress', {
    taskProgress: { __typename: 'Task', id: 't1', state: 'SUCCEEDED', succeeded: 2, failed: 0, error: null },
  });
  expect(await screen.findByText('The provider answered in 412 ms')).toBeInTheDocument();
  expect(asked.find((a) => a.operation === 'CreationCreate')?.variables.input).toEqual({
    name: 'openai',
    dialect: 'OPENAI',
    upstreams: [{ url: 'https://api.openai.com/v1' }],
    testModel: 'model-a',
  });

  expect(screen.getByLabelText(/^Snippet/)).toHaveTextContent('YOUR_PROXY_KEY');
  await user.click(screen.getByRole('button', { name: 'Make a proxy key for this' }));
  await waitFor(() => expect(screen.getByLabelText(/^Snippet/)).toHaveTextContent('Bearer proxy-key-a'));
  expect(JSON.stringify(localStorage)).not.toContain('proxy-key-a');

  expect(screen.getByText('Waiting for your first request…')).toBeInTheDocument();
  const arrived = request({ model: 'model-a' });
  await waitFor(() => expect(socket.listens('FirstRequestArriving')).toBe(true));
  socket.send('FirstRequestArriving', { requestTail: { __typename: 'RequestTail', requests: [arrived] } });
  expect(await screen.findByText('7 → 5 tokens')).toBeInTheDocument();
  expect(screen.queryByText('Waiting for your first request…')).toBeNull();
  expect(screen.getByRole('link', { name: 'Open its time line' })).toHaveAttribute('href', `/requests/${arrived.requestId}`);
});

test('a refused first key says what the provider said', async () => {
  const { user, socket } = mount('/new-group', {
    script: {
      NewGroupSheet: { data: { dialects: [] } },
      CreationCreate: { data: { createGroup: group('openai') } },
      CreationImport: { data: { importKeys: { __typename: 'Task', id: 't1' } } },
      CreationFirstKey: {
        data: {
          keys: { __typename: 'KeyConnection', edges: [{ __typename: 'KeyEdge', node: { __typename: 'Key', id: 'k1' } }] },
        },
      },
      CreationValidate: {
        data: {
          validateKey: { __typename: 'KeyVerdict', ok: false, statusCode: 401, message: 'Incorrect API key', durationMs: 90 },
        },
      },
      FirstRequestArrived: { data: { requestLogs: { __typename: 'RequestLogConnection', edges: [] } } },
    },
  });
  await user.type(await screen.findByRole('textbox', { name: 'Keys' }), 'key-a');
  await user.click(screen.getByRole('button', { name: 'Create group' }));
  await waitFor(() => expect(socket.listens('CreationProgress')).toBe(true));
  socket.send('CreationProgress', {
    taskProgress: { __typename: 'Task', id: 't1', state: 'SUCCEEDED', succeeded: 1, failed: 0, error: null },
  });
  expect(await screen.findByText(/refused the first key: 401 Incorrect API key/)).toBeInTheDocument();
});
