import { screen, waitFor, within } from '@testing-library/react';
import { expect, test } from 'vitest';
import { badInput } from '../lib/testing/scripted';
import { mount } from './mounting';

const ago = (seconds: number) => new Date(Date.now() - seconds * 1000).toISOString();

const proxyKey = (id: string, more: object = {}) => ({
  __typename: 'ProxyKey',
  id,
  masked: `rh-…${id}`,
  fingerprint: `0123456789a${id}`,
  notes: '',
  createdAt: ago(3600),
  lastUsedAt: null,
  group: null,
  ...more,
});

function proxyKeys(everyGroup: object[], own: object[] = []) {
  const group = { __typename: 'Group', id: '7', name: 'example', proxyKeys: own };
  return { data: { settings: { __typename: 'Settings', proxyKeys: everyGroup }, groups: [group] } };
}

test('proxy keys: who may come in where, several made at once and shown once', async () => {
  let made = 0;
  const own = proxyKey('2', { notes: 'the batch job', group: { __typename: 'Group', id: '7', name: 'example' } });
  const { user, asked } = mount('/proxy-keys', {
    script: {
      ProxyKeysPage: () => proxyKeys(made > 0 ? [proxyKey('1'), proxyKey('3')] : [proxyKey('1')], [own]),
      CreateProxyKey: () => {
        made += 1;
        const payload = { __typename: 'CreateProxyKeyPayload', value: `made-${made}`, proxyKey: proxyKey(`m${made}`) };
        return { data: { createProxyKey: payload } };
      },
    },
  });
  expect(await screen.findByRole('row', { name: /rh-…1 .* every group .* never/ })).toBeInTheDocument();
  expect(screen.getByRole('row', { name: /rh-…2 .* example the batch job/ })).toBeInTheDocument();

  await user.click(screen.getByRole('button', { name: 'Make a proxy key' }));
  const dialog = await screen.findByRole('dialog');
  await user.selectOptions(within(dialog).getByRole('combobox', { name: 'Opens' }), 'example');
  await user.clear(within(dialog).getByRole('textbox', { name: 'How many' }));
  await user.type(within(dialog).getByRole('textbox', { name: 'How many' }), '2');
  await user.click(within(dialog).getByRole('button', { name: 'Make 2 keys' }));
  expect(await within(dialog).findByText('These 2 keys are shown now and never again.')).toBeInTheDocument();
  expect(within(dialog).getByRole('region', { name: 'New proxy keys' })).toHaveTextContent('made-1 made-2');
  expect(asked.filter((a) => a.operation === 'CreateProxyKey').map((a) => a.variables.groupId)).toEqual(['7', '7']);
  await user.click(within(dialog).getByRole('button', { name: 'Done' }));
  await waitFor(() => expect(screen.queryByText(/made-1/)).toBeNull());
  expect(await screen.findByRole('row', { name: /rh-…3/ })).toBeInTheDocument();
});

test('proxy keys: a value that is refused stands beside its field', async () => {
  const { user } = mount('/proxy-keys', {
    script: {
      ProxyKeysPage: proxyKeys([]),
      CreateProxyKey: badInput('value', 'TOO_SHORT', 'at least 8 characters', { min: 8 }),
    },
  });
  await user.click(await screen.findByRole('button', { name: 'Make a proxy key' }));
  await user.type(await screen.findByRole('textbox', { name: 'A key of your own' }), 'short');
  await user.click(screen.getByRole('button', { name: 'Make 1 key' }));
  expect(await screen.findByText('Too short: at least 8 characters.')).toBeInTheDocument();
});

test('proxy keys: removal names the key and whom it shuts out, and asks for a piece of it', async () => {
  const { user, asked } = mount('/proxy-keys', {
    script: { ProxyKeysPage: proxyKeys([proxyKey('1')]), RemoveProxyKey: { data: { deleteProxyKey: '1' } } },
  });
  await user.click(await screen.findByRole('button', { name: 'Remove rh-…1' }));
  const dialog = await screen.findByRole('dialog');
  expect(within(dialog).getByText(/refused by every group at once/)).toBeInTheDocument();
  const remove = within(dialog).getByRole('button', { name: 'Remove rh-…1' });
  expect(remove).toBeDisabled();
  await user.type(within(dialog).getByRole('textbox'), '0123');
  await user.click(remove);
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  expect(asked.find((a) => a.operation === 'RemoveProxyKey')?.variables).toEqual({ id: '1' });
});

const node = (hostname: string, more: object = {}) => ({
  __typename: 'Node',
  id: hostname,
  hostname,
  leader: false,
  follower: false,
  version: '0.1.0',
  startedAt: ago(3600),
  lastSeenAt: ago(1),
  inFlight: 3,
  ...more,
});

test('nodes: who serves, who leads, who has gone silent; changes come by themselves', async () => {
  const { socket } = mount('/nodes', {
    script: { NodesPage: { data: { nodes: [node('one', { leader: true }), node('two', { follower: true })] } } },
  });
  expect(await screen.findByRole('row', { name: /one leads serving/ })).toBeInTheDocument();
  expect(screen.getByRole('row', { name: /two never leads serving/ })).toBeInTheDocument();
  await waitFor(() => expect(socket.listens('NodesChanged')).toBe(true));
  socket.send('NodesChanged', { nodesChanged: [node('one', { leader: true, lastSeenAt: ago(60) })] });
  expect(await screen.findByRole('row', { name: /one leads silent/ })).toBeInTheDocument();
  expect(screen.queryByRole('row', { name: /two/ })).toBeNull();
});

test('audit: who did what, by filters that stand in the address', async () => {
  const event = {
    __typename: 'AuditEvent',
    id: '1',
    time: ago(60),
    actor: 'session from 127.0.0.1',
    action: 'updateSettings',
    target: 'settings',
    before: { requestTimeout: 600 },
    after: { requestTimeout: 30 },
  };
  const log = {
    __typename: 'AuditEventConnection',
    edges: [{ __typename: 'AuditEventEdge', node: event }],
    pageInfo: { __typename: 'PageInfo', hasNextPage: false, endCursor: null },
  };
  const { user, history, asked } = mount('/audit?actor=session', { script: { AuditPage: { data: { auditLog: log } } } });
  await user.click(await screen.findByText('1 field'));
  expect(screen.getByText('600').tagName).toBe('DEL');
  expect(screen.getByText('30').tagName).toBe('INS');
  await user.selectOptions(screen.getByRole('combobox', { name: 'What was done' }), 'Changed settings');
  await waitFor(() => expect(history.location.search).toBe('?actor=session&action=updateSettings'));
  await waitFor(() => expect(asked.at(-1)?.variables).toMatchObject({ actor: 'session', action: 'updateSettings' }));
});
