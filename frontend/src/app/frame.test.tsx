import { fireEvent, screen, waitFor } from '@testing-library/react';
import { expect, test } from 'vitest';
import { group, groupList, mount } from './mounting';

test('the language changes without a reload, and the document says which it is', async () => {
  const { user } = mount('/groups', { script: { GroupsPage: { data: groupList() } } });
  await screen.findByText('No groups yet');
  await user.click(screen.getByRole('button', { name: 'Language' }));
  await user.click(await screen.findByText('日本語'));
  expect(await screen.findByText('グループがまだありません')).toBeInTheDocument();
  expect(document.documentElement.lang).toBe('ja');
  expect(localStorage.getItem('roundhouse.locale')).toBe('ja');
});

test('the theme goes round: system, light, dark', async () => {
  const { user } = mount('/groups', { script: { GroupsPage: { data: groupList() } } });
  await user.click(await screen.findByRole('button', { name: 'Theme: as the system' }));
  await waitFor(() => expect(document.documentElement.dataset.mantineColorScheme).toBe('light'));
  await user.click(screen.getByRole('button', { name: 'Theme: light' }));
  await waitFor(() => expect(document.documentElement.dataset.mantineColorScheme).toBe('dark'));
});

test('an address that leads nowhere says so', async () => {
  mount('/nowhere');
  expect(await screen.findByRole('heading', { name: 'There is no such page', level: 1 })).toBeInTheDocument();
  expect(screen.getAllByRole('navigation', { name: 'Main' })).not.toHaveLength(0);
});

test('times are shown exactly when one wants it, on every page and the next time too', async () => {
  const at = new Date(Date.now() - 7_200_000).toISOString();
  const key = { __typename: 'ProxyKey', id: '1', masked: 'rh-a****b', fingerprint: 'f', notes: '', group: null, createdAt: at };
  const settings = { __typename: 'Settings', proxyKeys: [{ ...key, lastUsedAt: at }] };
  const script = { ProxyKeysPage: { data: { settings, groups: [] } } };
  const { user } = mount('/proxy-keys', { script });
  expect(await screen.findAllByText('2h ago')).toHaveLength(2);
  await user.click(screen.getByRole('button', { name: 'Times: relative' }));
  expect(await screen.findAllByText(/^\w{3} \d+(, \d{4})?, \d\d:\d\d:\d\d \S+$/)).toHaveLength(2);
  expect(localStorage.getItem('roundhouse.times')).toBe('exact');
  await user.click(screen.getByRole('button', { name: 'Times: exact' }));
  expect(await screen.findAllByText('2h ago')).toHaveLength(2);
});

test('Ctrl K goes to a group by a few letters of its name', async () => {
  const { user, history } = mount('/settings', {
    script: {
      SettingsPage: { data: { settings: { __typename: 'Settings', version: 1 }, settingDefinitions: [], settingValues: [] } },
      PaletteGroups: { data: { groups: [group('openai'), group('claude-eu')] } },
      GroupPage: { data: { group: group('claude-eu') } },
      OverviewTab: { data: { group: group('claude-eu'), settingDefinitions: [] } },
    },
  });
  await screen.findByRole('heading', { name: 'Settings', level: 1 });
  await user.keyboard('{Control>}k{/Control}');
  await user.type(await screen.findByRole('combobox', { name: 'Go anywhere' }), 'eu cla');
  expect(await screen.findByRole('option', { name: /claude-eu/ })).toHaveAttribute('aria-selected', 'true');
  await user.keyboard('{Enter}');
  await waitFor(() => expect(history.location.pathname).toBe('/groups/claude-eu'));
});

test('Enter in the middle of a composition goes nowhere', async () => {
  const { user, history } = mount('/nowhere', { script: { PaletteGroups: { data: { groups: [group('openai')] } } } });
  await screen.findByRole('heading', { level: 1 });
  await user.keyboard('{Control>}k{/Control}');
  const field = await screen.findByRole('combobox', { name: 'Go anywhere' });
  await user.type(field, 'audit');
  fireEvent.keyDown(field, { key: 'Enter', isComposing: true });
  expect(field).toBeVisible();
  expect(history.location.pathname).toBe('/nowhere');
});

test('a pasted key becomes its fingerprint and is never shown', async () => {
  const { user, history, asked } = mount('/groups', {
    script: {
      GroupsPage: { data: groupList() },
      PaletteGroups: { data: { groups: [] } },
      PaletteFingerprint: { data: { keyFingerprint: '0123456789ab' } },
      RequestsPage: { data: { groups: [] } },
      FilterBar: { data: { groups: [] } },
      HistoryTable: { data: { requestLogs: { __typename: 'RequestLogConnection', edges: [], pageInfo: {} } } },
    },
  });
  await screen.findByText('No groups yet');
  await user.keyboard('{Control>}k{/Control}');
  await user.click(await screen.findByRole('combobox', { name: 'Go anywhere' }));
  await user.paste('sk-secret-secret-secret-secret');
  expect(screen.queryByDisplayValue(/secret/)).toBeNull();
  await waitFor(() => expect(history.location.href).toContain('key=0123456789ab'));
  expect(asked.find((a) => a.operation === 'PaletteFingerprint')?.variables).toEqual({ value: 'sk-secret-secret-secret-secret' });
});

test('single letters go places until they are switched off, and never from a field', async () => {
  const { user, history } = mount('/groups', {
    script: { GroupsPage: { data: groupList(group('openai')) }, AuditPage: { data: { auditLog: { edges: [], pageInfo: {} } } } },
  });
  const search = await screen.findByLabelText('Find a group');
  await user.keyboard('/');
  expect(search).toHaveFocus();
  await user.keyboard('gs');
  await waitFor(() => expect(history.location.search).toBe('?q=gs'));
  await user.clear(search);
  search.blur();
  await user.keyboard('?');
  await user.click(await screen.findByRole('switch', { name: /^Single-letter shortcuts/ }));
  await user.keyboard('{Escape}');
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  await user.keyboard('gt');
  expect(history.location.pathname).toBe('/groups');
});

test('tasks under way are a number at Tasks', async () => {
  const { socket } = mount('/groups', { script: { GroupsPage: { data: groupList() } } });
  await screen.findByText('No groups yet');
  const task = { __typename: 'Task', id: 't1', state: 'RUNNING', processed: 1, total: 4 };
  socket.send('RunningTaskChanged', { taskProgress: task });
  expect((await screen.findAllByText('1 running')).length).toBeGreaterThan(0);
  socket.send('RunningTaskChanged', { taskProgress: { ...task, state: 'SUCCEEDED' } });
  await waitFor(() => expect(screen.queryByText('1 running')).toBeNull());
});
