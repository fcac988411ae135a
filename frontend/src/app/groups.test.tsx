import { cleanup, screen, waitFor, within } from '@testing-library/react';
import { expect, test } from 'vitest';
import { badInput } from '../lib/testing/scripted';
import { down, group, groupList, mount, upstream } from './mounting';

test('while the list comes, its place is kept; then it tells how each group stands', async () => {
  let answer = (_: object) => undefined as undefined;
  const coming = new Promise<never>((resolve) => {
    answer = (data) => void resolve({ data } as never) as undefined;
  });
  mount('/groups', { script: { GroupsPage: () => coming } });
  expect(await screen.findByRole('status', { name: 'Loading' })).toBeInTheDocument();
  const none = { __typename: 'KeyCounts', total: 0, active: 0, invalid: 0, disabled: 0, cooling: 0 };
  answer(groupList(group('openai'), group('empty', { keyCounts: none })));
  const row = await screen.findByRole('row', { name: /^openai/ });
  expect(within(row).getByRole('img')).toHaveAccessibleName('Keys: 1 living · 1 cooling · 1 invalid');
  expect(within(row).getByText('12,345')).toBeInTheDocument();
  expect(within(row).getByText('most requests fail')).toBeInTheDocument();
  expect(within(row).getByText('1.2 s')).toBeInTheDocument();
  expect(within(row).getByRole('button', { name: 'Copy the endpoint of openai' })).toBeInTheDocument();
  expect(screen.getByRole('row', { name: /^empty/ })).toHaveTextContent('no living key');
});

test('a gateway that does not answer is said, and asked again on request', async () => {
  let up = false;
  const { user } = mount('/groups', { script: { GroupsPage: () => (up ? { data: groupList() } : down()) } });
  expect(await screen.findByRole('alert')).toHaveTextContent('The gateway does not answer');
  up = true;
  await user.click(screen.getByRole('button', { name: 'Try again' }));
  expect(await screen.findByText('No groups yet')).toBeInTheDocument();
});

test('the search is in the address', async () => {
  const { user, history } = mount('/groups', {
    script: { GroupsPage: { data: groupList(group('openai'), group('gemini')) } },
  });
  await user.type(await screen.findByLabelText('Find a group'), 'gem');
  await waitFor(() => expect(history.location.search).toBe('?q=gem'));
  expect(screen.queryByRole('row', { name: /^openai/ })).toBeNull();
});

test('a group is deleted only by its name', async () => {
  const { user, asked, history } = mount('/groups/openai', {
    script: {
      GroupPage: { data: { group: group('openai') } },
      OverviewTab: { data: { group: group('openai'), settingDefinitions: [] } },
      DeleteGroup: { data: { deleteGroup: { __typename: 'DeleteGroupPayload', id: 'openai', task: null } } },
      GroupsPage: { data: groupList() },
    },
  });
  await user.click(await screen.findByRole('button', { name: 'More for this group' }));
  await user.click(await screen.findByText('Delete group'));
  const dialog = await screen.findByRole('dialog');
  const button = within(dialog).getByRole('button', { name: 'Delete openai' });
  const field = within(dialog).getByRole('textbox');
  await user.type(field, 'opena{Enter}');
  expect(button).toBeDisabled();
  expect(asked.map((a) => a.operation)).not.toContain('DeleteGroup');
  await user.type(field, 'i');
  await user.click(button);
  await waitFor(() => expect(history.location.pathname).toBe('/groups'));
  expect(asked.find((a) => a.operation === 'DeleteGroup')?.variables).toEqual({ id: 'openai', confirmName: 'openai' });
});

const audited = (...nodes: object[]) => ({
  edges: nodes.map((node) => ({ __typename: 'AuditEventEdge', node: { __typename: 'AuditEvent', ...node } })),
});

test('a group that is not there is said to be so; one that was renamed says where it went', async () => {
  const rename = { groupId: 'g1', before: { name: 'old' }, after: { name: 'middle' } };
  const data = { groups: [{ ...group('today'), id: 'g1' }], auditLog: audited(rename) };
  mount('/groups/nowhere', { script: { GroupPage: { data: { group: null } }, GroupGone: { data } } });
  expect(await screen.findByText('There is no group “nowhere”')).toBeInTheDocument();
  expect(screen.getByRole('link', { name: 'All groups' })).toBeInTheDocument();
  cleanup();
  mount('/groups/old', { script: { GroupPage: { data: { group: null } }, GroupGone: { data } } });
  expect(await screen.findByText('It is called today now.')).toBeInTheDocument();
  expect(screen.getByRole('link', { name: 'today' })).toHaveAttribute('href', '/groups/today');
});

const dialects = {
  data: {
    dialects: [
      { __typename: 'DialectDefaults', dialect: 'OPENAI', upstreamUrl: 'https://api.openai.com/v1', testModel: 'model-a' },
    ],
  },
};

test('what the server refuses stands beside its field, and what was typed stays', async () => {
  const { user } = mount('/new-group', {
    script: { NewGroupSheet: dialects, CreationCreate: badInput('input.name', 'TAKEN', 'taken') },
  });
  await user.type(await screen.findByRole('textbox', { name: 'Keys' }), 'key-a');
  await user.click(screen.getByRole('button', { name: 'Create group' }));
  expect(await screen.findByText('Taken. Choose another.')).toBeInTheDocument();
  expect(screen.getByLabelText('Name')).toBeInvalid();
  expect(screen.getByRole('textbox', { name: 'Keys' })).toHaveValue('key-a');
});

const conflict = { data: null, errors: [{ message: 'changed since', extensions: { code: 'CONFLICT' } } as never] };

test('upstreams: shares follow the weights, and what will change is listed and saved over the version read', async () => {
  let now = group('openai', { version: 7 });
  const stored = () => ({ data: { group: now } });
  const { user, asked } = mount('/groups/openai/upstreams', {
    script: {
      GroupPage: stored,
      UpstreamsTab: stored,
      SaveGroup: ({ input }) => {
        const { upstreams } = input as { upstreams: { url: string }[] };
        now = group('openai', { version: 8, upstreams: upstreams.map((u) => upstream(u.url, u)) });
        return { data: { updateGroup: { __typename: 'Group', id: 'openai', name: 'openai', version: 8 } } };
      },
    },
  });
  await user.click(await screen.findByRole('button', { name: 'Add an upstream' }));
  await user.type(screen.getAllByLabelText('URL')[1] as HTMLElement, 'https://second.test');
  const weight = screen.getAllByLabelText('Weight')[1] as HTMLElement;
  await user.clear(weight);
  await user.type(weight, '3');
  expect(screen.getByText('75%')).toBeInTheDocument();
  expect(screen.getByRole('region', { name: 'Save changes' })).toHaveTextContent('https://second.test – → weight 3');
  await user.click(screen.getByRole('button', { name: 'Save 1 change' }));
  await waitFor(() => expect(screen.queryByRole('region', { name: 'Save changes' })).toBeNull());
  expect(asked.find((a) => a.operation === 'SaveGroup')?.variables).toEqual({
    id: 'openai',
    version: 7,
    input: {
      upstreams: [
        { url: 'https://upstream.test/v1', weight: 1, enabled: true },
        { url: 'https://second.test', weight: 3, enabled: true },
      ],
    },
  });
});

test('a change elsewhere in the group is no conflict; one to the same part shows both and lets me choose', async () => {
  let now = group('openai', { version: 1 });
  const stored = () => ({ data: { group: now } });
  const saved: unknown[] = [];
  const { user } = mount('/groups/openai/upstreams', {
    script: {
      GroupPage: stored,
      UpstreamsTab: stored,
      SaveGroup: ({ version, input }) => {
        if (version !== now.version) return conflict;
        saved.push(input);
        const { upstreams } = input as { upstreams: { url: string }[] };
        now = { ...now, version: now.version + 1, upstreams: upstreams.map((u) => upstream(u.url, u)) };
        return { data: { updateGroup: { __typename: 'Group', id: 'openai', name: 'openai', version: now.version } } };
      },
    },
  });
  const weight = await screen.findByLabelText('Weight');
  now = { ...now, version: 2, displayName: 'Renamed by someone' };
  await user.clear(weight);
  await user.type(weight, '5');
  await user.click(screen.getByRole('button', { name: 'Save 1 change' }));
  await waitFor(() => expect(saved).toHaveLength(1));
  await waitFor(() => expect(screen.queryByRole('region', { name: 'Save changes' })).toBeNull());

  now = { ...now, version: 9, upstreams: [upstream('https://upstream.test/v1', { weight: 50 })] };
  await user.clear(weight);
  await user.type(weight, '6');
  await user.click(screen.getByRole('button', { name: 'Save 1 change' }));
  expect(await screen.findByText('now weight 50 by someone else')).toBeInTheDocument();
  expect(saved).toHaveLength(1);
  await user.click(screen.getByRole('button', { name: 'Save mine' }));
  await waitFor(() => expect(saved).toHaveLength(2));
  expect(saved[1]).toEqual({ upstreams: [{ url: 'https://upstream.test/v1', weight: 6, enabled: true }] });
});

test('members: the shares are told while weights are typed', async () => {
  const member = (name: string, weight: number, priority: number) => ({
    __typename: 'SubGroup',
    weight,
    priority,
    group: { __typename: 'Group', id: name, name },
  });
  const data = {
    group: group('all', { kind: 'AGGREGATE', subGroups: [member('one', 1, 0), member('two', 1, 0), member('late', 1, 5)] }),
    groups: [group('one'), group('two'), group('late'), group('free'), group('other', { dialect: 'GEMINI' })],
  };
  const { user } = mount('/groups/all/members', { script: { GroupPage: { data: { group: data.group } }, MembersTab: { data } } });
  expect(await screen.findAllByText('50%')).toHaveLength(2);
  expect(screen.getByText('Then')).toBeInTheDocument();
  const weight = screen.getAllByLabelText('Weight')[0] as HTMLElement;
  await user.clear(weight);
  await user.type(weight, '3');
  expect(screen.getByText('75%')).toBeInTheDocument();
  expect(screen.getAllByRole('option').map((o) => o.textContent)).toEqual(['Add a member', 'free']);
});

test('the order changes by arrow keys, is said, and is saved whole', async () => {
  const { user, asked } = mount('/groups', {
    script: {
      GroupsPage: { data: groupList(group('a'), group('b'), group('c')) },
      ReorderGroups: { data: { reorderGroups: [] } },
    },
  });
  const handle = await screen.findByRole('button', { name: /^Move a:/ });
  handle.focus();
  await user.keyboard('{ArrowDown}');
  expect(screen.getByText('a is now 2 of 3')).toBeInTheDocument();
  await waitFor(() => expect(asked.find((x) => x.operation === 'ReorderGroups')?.variables).toEqual({ ids: ['b', 'a', 'c'] }));
});
