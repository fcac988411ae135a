import { screen, waitFor, within } from '@testing-library/react';
import { expect, test } from 'vitest';
import { rowsOf } from '../features/requests/useTail';
import { mount, request } from './mounting';

const groups = { FilterBar: { data: { groups: [{ __typename: 'Group', id: '1', name: 'example' }] } } };

function page(requests: object[], more: object = {}) {
  return {
    data: {
      requestLogs: {
        __typename: 'RequestLogConnection',
        edges: requests.map((node) => ({ __typename: 'RequestLogEdge', node })),
        pageInfo: { __typename: 'PageInfo', hasNextPage: false, endCursor: null, ...more },
        scannedTo: null,
      },
    },
  };
}

const tail = (requests: object[], matched = requests.length) => ({
  requestTail: { __typename: 'RequestTail', time: new Date().toISOString(), requests, matched, failed: 0, dropped: 0 },
});

test('live: new rows come on top, what was left out is a row, and a pause holds all still', async () => {
  const { user, socket } = mount('/requests?live=1', { script: groups });
  expect(await screen.findByText('No requests yet')).toBeInTheDocument();
  await waitFor(() => expect(socket.listens('RequestsTail')).toBe(true));
  socket.send('RequestsTail', tail([request({ model: 'first' })]));
  await screen.findByText('first');
  socket.send('RequestsTail', tail([request({ model: 'second' }), request({ model: 'third' })], 7922));
  await screen.findByText('third');
  const rows = within(screen.getByRole('table')).getAllByRole('row').slice(1);
  expect(rows.map((r) => /first|second|third|7,920 more not shown/.exec(r.textContent ?? '')?.[0])).toEqual([
    '7,920 more not shown',
    'third',
    'second',
    'first',
  ]);

  await user.click(screen.getByRole('button', { name: 'Pause' }));
  socket.send('RequestsTail', tail([request({ model: 'fourth' })]));
  expect(await screen.findByText('Paused; 1 request since')).toBeInTheDocument();
  expect(screen.queryByText('fourth')).toBeNull();
  await user.click(screen.getByRole('button', { name: 'Resume' }));
  expect(await screen.findByText('fourth')).toBeInTheDocument();
});

test('what was left out opens in the history, at its time', async () => {
  const { user, socket, history } = mount('/requests?live=1&group=example', { script: { ...groups, HistoryTable: page([]) } });
  await waitFor(() => expect(socket.listens('RequestsTail')).toBe(true));
  socket.send('RequestsTail', tail([request()], 9));
  await user.click(await screen.findByRole('button', { name: 'Open in history' }));
  await waitFor(() => expect(history.location.search).toMatch(/^\?group=example&from=.+&to=/));
  history.back();
  await waitFor(() => expect(history.location.search).toBe('?live=1&group=example'));
});

test('Space holds the tail, and the pointer that rests on it does', async () => {
  const { user, socket } = mount('/requests?live=1', { script: groups });
  await waitFor(() => expect(socket.listens('RequestsTail')).toBe(true));
  socket.send('RequestsTail', tail([request({ model: 'first' })]));
  await screen.findByText('first');
  await user.keyboard(' ');
  expect(await screen.findByRole('button', { name: 'Resume' })).toBeInTheDocument();
  await user.keyboard(' ');
  await screen.findByRole('button', { name: 'Pause' });

  await user.hover(screen.getByText('first'));
  expect(await screen.findByRole('button', { name: 'Resume' })).toBeInTheDocument();
  socket.send('RequestsTail', tail([request({ model: 'second' })]));
  await user.unhover(screen.getByText('first'));
  expect(await screen.findByText('second')).toBeInTheDocument();
});

test('what was lost on the way counts as left out', () => {
  const rows = rowsOf([], { number: 1, from: '', time: '', matched: 2, dropped: 3 });
  expect(rows).toMatchObject([{ kind: 'gap', count: 5 }]);
});

test('history: filters are in the address, pages go by cursor, Back returns', async () => {
  const older = page([request({ model: 'older' })]);
  const { user, history, asked } = mount('/requests', {
    script: {
      ...groups,
      HistoryTable: ({ after }) => (after ? older : page([request({ model: 'newer' })], { hasNextPage: true, endCursor: 'c1' })),
    },
  });
  await screen.findByText('newer');
  await user.click(screen.getByRole('button', { name: 'Older' }));
  await screen.findByText('older');
  expect(history.location.search).toBe('?after=c1');
  history.back();
  await screen.findByText('newer');

  await user.selectOptions(screen.getByRole('combobox', { name: 'Result' }), 'Failed');
  await waitFor(() => expect(history.location.search).toBe('?result=failed'));
  await waitFor(() =>
    expect(asked.at(-1)?.variables.filter).toMatchObject({ outcomes: expect.arrayContaining(['TIMEOUT']), attempt: 'FINAL' }),
  );
});

test('a filter that matches little is looked for again and again, and says how far back', async () => {
  const scan = (requests: object[], endCursor: string | null, scannedTo: string | null) => {
    const answer = page(requests, { endCursor });
    return { data: { requestLogs: { ...answer.data.requestLogs, scannedTo } } };
  };
  const answers = [
    scan([], 'c1', '2026-01-02T10:00:00Z'),
    scan([request({ model: 'rare' })], 'c2', '2026-01-02T09:00:00Z'),
    scan([request({ model: 'rarer' })], null, null),
  ];
  const { asked } = mount('/requests?status=5xx', { script: { ...groups, HistoryTable: () => answers.shift() ?? page([]) } });
  expect(await screen.findByText('rarer')).toBeInTheDocument();
  expect(screen.getByText('rare')).toBeInTheDocument();
  const questions = asked.filter((a) => a.operation === 'HistoryTable').map((a) => [a.variables.after, a.variables.first]);
  expect(questions).toEqual([
    [undefined, 50],
    ['c1', 50],
    ['c2', 49],
  ]);
});

test('history that is empty says what would help', async () => {
  mount('/requests', { script: { ...groups, HistoryTable: page([]) } });
  expect(await screen.findByText('No request matches')).toBeInTheDocument();
});

test('a request opens as a drawer that tells each attempt and whom it was charged to', async () => {
  const requestId = 'req-x';
  const failed = request({
    requestId,
    attempt: 'RETRY',
    outcome: 'RATE_LIMITED',
    statusCode: 429,
    charged: 'KEY',
    cooledSeconds: 20,
  });
  const { user, history } = mount('/requests/req-x?result=failed', {
    script: {
      ...groups,
      HistoryTable: page([]),
      RequestDrawer: { data: { request: [failed, request({ requestId, attemptNumber: 2 })] } },
    },
  });
  const drawer = await screen.findByRole('dialog');
  const attempts = await within(drawer).findByRole('list', { name: 'Attempts' });
  const [first, second] = within(attempts).getAllByRole('listitem');
  expect(first).toHaveTextContent('It was charged to the key. The key cools for 20 s. Another attempt followed.');
  expect(second).toHaveTextContent('Answered in full.');
  await user.click(within(drawer).getByRole('button', { name: 'Close' }));
  await waitFor(() => expect(history.location.href).toBe('/requests?result=failed'));
});

test('a request that is opened while a filter settles stays open', async () => {
  const { user, history } = mount('/requests', {
    script: {
      ...groups,
      HistoryTable: page([request({ requestId: 'req-z', model: 'seen' })]),
      RequestDrawer: { data: { request: [] } },
    },
  });
  await screen.findByText('seen');
  await user.type(screen.getByLabelText('Model'), 's');
  await user.click(within(screen.getByRole('row', { name: /seen/ })).getByRole('link'));
  await waitFor(() => expect(history.location.href).toBe('/requests/req-z?model=s'));
});

test('a request that the log has lost is said to be so', async () => {
  mount('/requests/req-y', { script: { ...groups, HistoryTable: page([]), RequestDrawer: { data: { request: [] } } } });
  expect(await screen.findByText('This request is not in the log')).toBeInTheDocument();
});

test('a pasted key becomes its fingerprint before it is anywhere', async () => {
  const { user, history, asked } = mount('/requests', {
    script: { ...groups, HistoryTable: page([]), KeyFieldFingerprint: { data: { keyFingerprint: '0123456789ab' } } },
  });
  await user.click(await screen.findByRole('button', { name: 'More filters' }));
  await user.click(screen.getByRole('textbox', { name: 'Key' }));
  await user.paste('secret-key-a');
  await waitFor(() => expect(history.location.search).toBe('?key=0123456789ab'));
  expect(screen.getByRole('textbox', { name: 'Key' })).toHaveValue('0123456789ab');
  expect(asked.find((a) => a.operation === 'KeyFieldFingerprint')?.variables).toEqual({ value: 'secret-key-a' });
  expect(asked.at(-1)?.variables.filter).toMatchObject({ key: '0123456789ab' });
});

test('filters are kept under a name, and taken again', async () => {
  const story = { script: { ...groups, HistoryTable: page([]) } };
  const { user, history } = mount('/requests?status=5xx&charged=UPSTREAM', story);
  await user.click(await screen.findByRole('button', { name: 'Saved' }));
  await user.type(await screen.findByRole('textbox', { name: 'Name of this filter' }), 'upstreams that fail{Enter}');
  await user.click(screen.getByRole('button', { name: 'Clear filters' }));
  await waitFor(() => expect(history.location.search).toBe(''));
  await user.click(screen.getByRole('button', { name: 'Saved' }));
  await user.click(await screen.findByRole('button', { name: 'upstreams that fail' }));
  await waitFor(() => expect(history.location.search).toBe('?status=5xx&charged=UPSTREAM'));
});

test('columns come and go, and are remembered', async () => {
  const { user } = mount('/requests', { script: { ...groups, HistoryTable: page([request({ clientIp: '10.1.2.3' })]) } });
  await user.click(await screen.findByRole('button', { name: 'Columns' }));
  await user.click(await screen.findByRole('menuitemcheckbox', { name: 'Caller' }));
  expect(await screen.findByText('10.1.2.3')).toBeInTheDocument();
  expect(localStorage.getItem('roundhouse.requests.columns')).toContain('caller');
});

test('the list is had as a file by the filters it has', async () => {
  mount('/requests?group=example&status=5xx&result=failed', { script: { ...groups, HistoryTable: page([]) } });
  const file = new URL((await screen.findByRole<HTMLAnchorElement>('link', { name: 'CSV' })).href);
  expect(file.pathname).toBe('/export/logs.csv');
  expect(file.searchParams.getAll('groupNames')).toEqual(['example']);
  expect(file.searchParams.get('statusTo')).toBe('599');
  expect(file.searchParams.getAll('outcomes').length).toBeGreaterThan(3);
  expect(file.searchParams.get('attempt')).toBe('FINAL');
});

test('a request leads to those that are like it', async () => {
  const { user, history } = mount('/requests/req-x', {
    script: {
      ...groups,
      HistoryTable: page([]),
      RequestDrawer: { data: { request: [request({ requestId: 'req-x', keyFingerprint: '0123456789ab', model: 'model-a' })] } },
    },
  });
  await user.click(await screen.findByRole('link', { name: 'Same key' }));
  await waitFor(() => expect(history.location.href).toBe('/requests?key=0123456789ab'));
});
