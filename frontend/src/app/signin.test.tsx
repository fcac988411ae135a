import { screen, waitFor, within } from '@testing-library/react';
import { afterEach, expect, test, vi } from 'vitest';
import { badInput, scriptedFetch } from '../lib/testing/scripted';
import { always, groupList, mount } from './mounting';
import { safeNext } from './session';
import { longestIdle } from './useIdle';

afterEach(() => vi.unstubAllGlobals());

const noGroups = { GroupsPage: { data: groupList() } };

test('whoever is not signed in is asked for the key, and then goes where they wanted to', async () => {
  const { user, history } = mount('/groups?q=a', { signedIn: false, script: noGroups });
  const field = await screen.findByLabelText('Admin key');
  expect(screen.getByText('data/auth_key')).toBeInTheDocument();
  await user.type(field, 'key-a{Enter}');
  expect(await screen.findByText('No groups yet')).toBeInTheDocument();
  expect(history.location.href).toBe('/groups?q=a');
});

test('a wrong key is said beside the field', async () => {
  const { user, session } = mount('/sign-in');
  session.mockImplementation(async () => new Response(null, { status: 401 }));
  await user.type(await screen.findByLabelText('Admin key'), 'key-b{Enter}');
  expect(await screen.findByText('This is not the admin key.')).toBeInTheDocument();
});

test('a lock-out counts down and then lets one try again', async () => {
  const { user, session } = mount('/sign-in');
  session.mockImplementation(async () => new Response(null, { status: 429, headers: { 'Retry-After': '2' } }));
  await user.type(await screen.findByLabelText('Admin key'), 'key-b{Enter}');
  expect(await screen.findByRole('alert')).toHaveTextContent(/Try again in \d seconds?\./);
  expect(screen.getByRole('button', { name: 'Sign in' })).toBeDisabled();
  await waitFor(() => expect(screen.queryByRole('alert')).toBeNull(), { timeout: 4000 });
  expect(screen.getByRole('button', { name: 'Sign in' })).toBeEnabled();
});

test('a session that ends is renewed over the page, which stays as it was', async () => {
  let known = true;
  const server = scriptedFetch({
    ...always,
    NewGroupSheet: { data: { dialects: [] } },
    CreationCreate: badInput('input.name', 'TAKEN', 'taken'),
  });
  const graphql: typeof fetch = async (url, init) => (known ? server.fetch(url, init) : new Response(null, { status: 401 }));
  const { user, history } = mount('/new-group', { graphql });
  await user.type(await screen.findByLabelText('Name'), '-two');
  known = false;
  await user.click(screen.getByRole('button', { name: 'Create group' }));
  const sheet = await screen.findByRole('dialog', { name: 'Sign in again' });
  known = true;
  await user.type(within(sheet).getByLabelText('Admin key'), 'key-a{Enter}');
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  expect(screen.getByLabelText('Name')).toHaveValue('openai-two');
  expect(history.location.href).toBe('/new-group');
});

test('what was refused meanwhile is asked again after signing in', async () => {
  let known = false;
  const server = scriptedFetch({ ...always, ...noGroups });
  const graphql: typeof fetch = async (url, init) => (known ? server.fetch(url, init) : new Response(null, { status: 401 }));
  const { user } = mount('/groups', { graphql });
  const field = await screen.findByLabelText('Admin key');
  known = true;
  await user.type(field, 'key-a{Enter}');
  expect(await screen.findByText('No groups yet')).toBeInTheDocument();
});

test('after twelve hours without a key or a pointer the browser is signed out', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'], shouldAdvanceTime: true });
  try {
    const { session } = mount('/groups', { script: noGroups });
    await screen.findByText('No groups yet');
    vi.advanceTimersByTime(60_000);
    expect(session).not.toHaveBeenCalledWith('/session', expect.objectContaining({ method: 'DELETE' }));
    localStorage.setItem('roundhouse.used', String(Date.now() - longestIdle));
    vi.advanceTimersByTime(60_000);
    expect(await screen.findByRole('dialog', { name: 'Sign in again' })).toBeInTheDocument();
    expect(session).toHaveBeenCalledWith('/session', expect.objectContaining({ method: 'DELETE' }));
  } finally {
    vi.useRealTimers();
  }
});

test('only an address of ours is gone to after signing in', () => {
  expect(['/groups', '//evil.test', '/\\evil.test', 'https://evil.test', undefined].map(safeNext)).toEqual([
    '/groups',
    '/',
    '/',
    '/',
    '/',
  ]);
});
