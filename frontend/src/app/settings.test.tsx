import { screen, waitFor, within } from '@testing-library/react';
import { expect, test } from 'vitest';
import { badInput } from '../lib/testing/scripted';
import { down, groupList, mount } from './mounting';

const definition = (name: string, more: object = {}) => ({
  __typename: 'SettingDefinition',
  name,
  category: 'timeouts',
  type: 'INT',
  label: name,
  description: '',
  default: '600',
  min: 1,
  max: 86400,
  unit: 's',
  ...more,
});
const definitions = [
  definition('requestTimeout'),
  definition('enableRequestBodyLogging', { category: 'requestLog', type: 'BOOLEAN', default: 'false', unit: null }),
  definition('proxyUrl', { category: 'connections', type: 'STRING', default: '', unit: null }),
  definition('proxyKeys', { category: 'general', type: 'LIST', default: '', unit: null }),
];

function settings(version: number, now: Record<string, string> = {}) {
  const settingValues = Object.entries({ requestTimeout: '600', enableRequestBodyLogging: 'false', proxyUrl: '', ...now }).map(
    ([name, value]) => ({ __typename: 'SettingValue', name, value, origin: 'SETTING', inherited: '' }),
  );
  return { data: { settings: { __typename: 'Settings', version }, settingDefinitions: definitions, settingValues } };
}

test('the list of what will change is shown, and only that is saved', async () => {
  let at = settings(4, { proxyUrl: 'http://user:xxx@proxy.test' });
  const { user, asked } = mount('/settings', {
    script: {
      SettingsPage: () => at,
      SaveSettings: () => {
        at = settings(5, { requestTimeout: '30', enableRequestBodyLogging: 'true', proxyUrl: 'http://user:xxx@proxy.test' });
        return { data: { updateSettings: { __typename: 'Settings', version: 5 } } };
      },
    },
  });
  const timeout = await screen.findByLabelText('Request timeout');
  expect(screen.queryByRole('region', { name: 'Save changes' })).toBeNull();
  expect(screen.getAllByText('Default: 600 s')).toHaveLength(1);
  await user.clear(timeout);
  await user.type(timeout, '30');
  await user.selectOptions(screen.getByLabelText('Log request bodies'), 'on');
  const bar = screen.getByRole('region', { name: 'Save changes' });
  expect(
    within(bar)
      .getAllByRole('listitem')
      .map((l) => l.textContent),
  ).toEqual(['Request timeout 600 s → 30 s', 'Log request bodies off → on']);
  await user.click(within(bar).getByRole('button', { name: 'Save 2 changes' }));
  await waitFor(() => expect(screen.queryByRole('region', { name: 'Save changes' })).toBeNull());
  expect(asked.find((a) => a.operation === 'SaveSettings')?.variables).toEqual({
    input: { requestTimeout: 30, enableRequestBodyLogging: true },
    version: 4,
  });
  expect(timeout).toHaveValue(30);
});

test('a setting is reset by null, and the filter for what differs is in the address', async () => {
  const { user, asked, history } = mount('/settings?changed=1', {
    script: {
      SettingsPage: settings(4, { requestTimeout: '30' }),
      SaveSettings: { data: { updateSettings: { __typename: 'Settings', version: 5 } } },
    },
  });
  await user.click(await screen.findByRole('button', { name: 'Reset Request timeout' }));
  expect(screen.queryByLabelText('Outbound proxy')).toBeNull();
  await user.click(screen.getByRole('button', { name: 'Save 1 change' }));
  await waitFor(() =>
    expect(asked.find((a) => a.operation === 'SaveSettings')?.variables.input).toEqual({ requestTimeout: null }),
  );
  await user.click(screen.getByRole('button', { name: 'Changed only' }));
  await waitFor(() => expect(history.location.search).toBe(''));
  await user.type(screen.getByLabelText('Find a setting'), 'proxy');
  await waitFor(() => expect(screen.queryByLabelText('Request timeout')).toBeNull());
  expect(screen.getByLabelText('Outbound proxy')).toBeInTheDocument();
  await user.type(screen.getByLabelText('Find a setting'), 'zzz');
  expect(await screen.findByText('No setting matches “proxyzzz”')).toBeInTheDocument();
});

test('what the server refuses stands beside its field', async () => {
  const { user } = mount('/settings', {
    script: {
      SettingsPage: settings(1),
      SaveSettings: badInput('input.requestTimeout', 'TOO_LARGE', 'too large', { max: 86400 }),
    },
  });
  await user.type(await screen.findByLabelText('Request timeout'), '000000');
  await user.click(screen.getByRole('button', { name: 'Save 1 change' }));
  expect(await screen.findByText('Too large: at most 86400.')).toBeInTheDocument();
  expect(screen.getByLabelText('Request timeout')).toBeInvalid();
});

test('when someone else saved meanwhile, both values are shown and mine can be saved over it', async () => {
  let at = settings(1);
  const { user, asked } = mount('/settings', {
    script: {
      SettingsPage: () => at,
      SaveSettings: ({ version }) => {
        if (version === 2) return { data: { updateSettings: { __typename: 'Settings', version: 3 } } };
        at = settings(2, { requestTimeout: '77' });
        return { data: null, errors: [{ message: 'changed meanwhile', extensions: { code: 'CONFLICT' } } as never] };
      },
    },
  });
  const timeout = await screen.findByLabelText('Request timeout');
  await user.clear(timeout);
  await user.type(timeout, '30');
  await user.click(screen.getByRole('button', { name: 'Save 1 change' }));
  expect(await screen.findByText('now 77 s by someone else')).toBeInTheDocument();
  expect(timeout).toHaveValue(30);
  await user.click(screen.getByRole('button', { name: 'Save mine' }));
  await waitFor(() => expect(asked.filter((a) => a.operation === 'SaveSettings').at(-1)?.variables.version).toBe(2));
});

test('leaving with changes asks first; staying keeps them', async () => {
  const { user, history } = mount('/settings', { script: { SettingsPage: settings(1), GroupsPage: { data: groupList() } } });
  await user.type(await screen.findByLabelText('Request timeout'), '1');
  await user.click(screen.getAllByRole('link', { name: 'Groups' })[0] as HTMLElement);
  const dialog = await screen.findByRole('dialog', { name: 'Changes are not saved' });
  await user.click(within(dialog).getByRole('button', { name: 'Stay' }));
  expect(history.location.pathname).toBe('/settings');
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  await user.click(screen.getAllByRole('link', { name: 'Groups' })[0] as HTMLElement);
  await user.click(await screen.findByRole('button', { name: 'Discard 1 change' }));
  expect(await screen.findByText('No groups yet')).toBeInTheDocument();
});

test('a gateway that does not answer is said', async () => {
  mount('/settings', { script: { SettingsPage: () => down() } });
  expect(await screen.findByRole('alert')).toHaveTextContent('The gateway does not answer');
});
