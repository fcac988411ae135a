import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { expect, test, vi } from 'vitest';
import type { Script } from '../lib/testing/scripted';
import { group, mount } from './mounting';

function key(id: number, more: object = {}) {
  return {
    __typename: 'Key',
    id: String(id),
    masked: `sk-a****${id}`,
    fingerprint: String(id).padStart(12, '0'),
    status: 'ACTIVE',
    coolingUntil: null,
    fault: 'NONE',
    reason: '',
    lastStatusCode: null,
    lastFailedAt: null,
    notes: '',
    requestCount: 0,
    failureCount: 0,
    consecutiveFailures: 0,
    lastUsedAt: null,
    createdAt: '2026-01-02T12:00:00Z',
    version: 1,
    ...more,
  };
}

function pageOf(keys: { id: string }[], totalCount: number | null = keys.length, cut: { at: string; to: number } | null = null) {
  return {
    data: {
      keys: {
        __typename: 'KeyConnection',
        edges: keys.map((node) => ({ __typename: 'KeyEdge', node })),
        pageInfo: {
          __typename: 'PageInfo',
          hasNextPage: cut !== null,
          hasPreviousPage: false,
          startCursor: keys[0]?.id ?? null,
          endCursor: cut?.at ?? keys.at(-1)?.id ?? null,
        },
        totalCount,
        scannedTo: cut?.to ?? null,
      },
    },
  };
}

const task = {
  __typename: 'Task',
  id: 't1',
  kind: 'DELETE_KEYS',
  state: 'RUNNING',
  processed: 0,
  total: 2,
  succeeded: 0,
  skipped: 0,
  failed: 0,
  error: null,
  cancelRequested: false,
  startedAt: null,
  problems: [],
};

const selected = {
  data: {
    keySelection: {
      __typename: 'KeySelection',
      count: 2,
      exact: true,
      upTo: '3',
      sample: [{ __typename: 'Key', id: '2', masked: 'sk-a****2' }],
    },
  },
};

const script: Script = {
  GroupPage: { data: { group: group('openai') } },
  KeysPage: pageOf([key(3), key(2), key(1, { notes: '<b>bold</b>' })]),
  KeySelection: selected,
};

const changed = (change: object | null, total = 3) => ({
  keyChanged: { __typename: 'KeyChange', key: change, keyCounts: { __typename: 'KeyCounts', total } },
});

test('a change is seen in the row where it stands, an older one is not, and new keys are only announced', async () => {
  const { socket } = mount('/groups/openai/keys', { script });
  const row = await screen.findByRole('row', { name: /sk-a\*\*\*\*2/ });
  await waitFor(() => expect(socket.listens('KeyChanges')).toBe(true));
  socket.send('KeyChanges', changed(key(2, { status: 'INVALID', fault: 'UNAUTHORIZED', lastStatusCode: 401, version: 3 })));
  expect(await within(row).findByText('invalid')).toBeInTheDocument();
  socket.send('KeyChanges', changed(key(2, { version: 2 }), 15));
  expect(await screen.findByText('12 new keys')).toBeInTheDocument();
  expect(within(row).getByText('invalid')).toBeInTheDocument();
  expect(screen.getAllByRole('row')).toHaveLength(4);
});

test('a key that is opened on the way stays open when the list comes to rest behind it', async () => {
  const many = pageOf(Array.from({ length: 40 }, (_, i) => key(40 - i)));
  const { user, history } = mount('/groups/openai/keys', { script: { ...script, KeysPage: many } });
  (await screen.findByText('sk-a****40')).closest('a')?.focus();
  await user.keyboard('{End}');
  await user.click(screen.getByText('sk-a****1'));
  await waitFor(() => expect(history.location.search).toContain('at='), { timeout: 5000 });
  expect(history.location.pathname).toBe('/groups/openai/keys/1');
});

test('what stands in notes is text', async () => {
  mount('/groups/openai/keys', { script });
  expect(await screen.findByText('<b>bold</b>')).toBeInTheDocument();
});

test('a search that takes long says how far it came, waits after a while, and goes on when it is told to', async () => {
  let asked = 0;
  let patience = 20;
  const found = key(7);
  const KeysPage = (variables: { after?: string }) => {
    asked += 1;
    if (asked > patience) return pageOf([found], null);
    expect(variables.after).toBe(asked === 1 ? undefined : String(1000 - asked + 1));
    return pageOf([], null, { at: String(1000 - asked), to: asked / 100 });
  };
  const { user } = mount('/groups/openai/keys?q=rare', { script: { ...script, KeysPage } });
  expect(await screen.findByText('Searched as far as 20% of the keys')).toBeVisible();
  patience = 21;
  await user.click(screen.getByRole('button', { name: 'Search on' }));
  expect(await screen.findByRole('link', { name: 'sk-a****7' })).toBeVisible();
  expect(asked).toBe(22);
  expect(screen.queryByText(/Searched as far/)).toBeNull();
});

test('what is foremost of only some of the keys says of how many', async () => {
  const page = pageOf([key(3)], null, { at: '900', to: 0.4 });
  page.data.keys.pageInfo.hasNextPage = false;
  mount('/groups/openai/keys?order=used', { script: { ...script, KeysPage: page } });
  expect(await screen.findByText('Foremost of the newest 40% of the keys')).toBeVisible();
});

test('Enter in the middle of a composition keeps no notes', async () => {
  const kept = { data: { updateKeyNotes: key(3, { notes: '転轍', version: 2 }) } };
  const { user, asked } = mount('/groups/openai/keys', { script: { ...script, UpdateKeyNotes: kept } });
  await user.click(await screen.findByRole('button', { name: 'Edit the notes of sk-a****3' }));
  const field = screen.getByRole('textbox', { name: 'Notes of sk-a****3' });
  await user.type(field, 'てんてつ');
  fireEvent.keyDown(field, { key: 'Enter', isComposing: true });
  await user.clear(field);
  await user.type(field, '転轍{Enter}');
  const told = () => asked.filter(({ operation }) => operation === 'UpdateKeyNotes').map(({ variables }) => variables.notes);
  await waitFor(() => expect(told()).toContain('転轍'));
  expect(told()).toEqual(['転轍']);
});

test('a selection is a rule: said in words, sent as one, and deleted only by the name of the group', async () => {
  const { user, asked } = mount('/groups/openai/keys', {
    script: { ...script, DeleteKeys: { data: { task } } },
  });
  await user.click(await screen.findByLabelText('Select all that match'));
  await user.click(screen.getByLabelText('Select sk-a****1'));
  expect(await screen.findByText('but 1')).toBeInTheDocument();
  await user.click(screen.getByRole('button', { name: 'Delete' }));
  const dialog = await screen.findByRole('dialog', { name: 'Delete 2 keys' });
  const button = within(dialog).getByRole('button', { name: 'Delete 2 keys of openai' });
  expect(button).toBeDisabled();
  await user.type(within(dialog).getByRole('textbox'), 'openai');
  await user.click(button);
  await waitFor(() => expect(asked.map((a) => a.operation)).toContain('DeleteKeys'));
  expect(asked.find((a) => a.operation === 'DeleteKeys')?.variables).toEqual({
    keys: { groupId: 'openai', all: true, except: ['1'], upTo: '3' },
  });
});

test('another filter ends the selection, and says so', async () => {
  const { user } = mount('/groups/openai/keys', { script });
  await user.click(await screen.findByLabelText('Select sk-a****2'));
  expect(screen.getByText('1 key selected')).toBeInTheDocument();
  await user.selectOptions(screen.getByLabelText('State'), 'invalid');
  expect(await screen.findByText(/nothing is selected any more/)).toBeInTheDocument();
  expect(await screen.findByLabelText('Select sk-a****2')).not.toBeChecked();
});

test('a pasted key is its fingerprint before the address has it', async () => {
  const { user, history } = mount('/groups/openai/keys', {
    script: { ...script, KeyFingerprint: { data: { keyFingerprint: 'aaaabbbbcccc' } } },
  });
  const seen: string[] = [];
  history.subscribe(() => seen.push(history.location.href));
  await user.click(await screen.findByLabelText('Find keys'));
  await user.paste('sk-proj-secret-0123456789');
  await waitFor(() => expect(history.location.search).toContain('q=aaaabbbbcccc'));
  expect(screen.getByLabelText('Find keys')).toHaveValue('aaaabbbbcccc');
  expect(seen.join()).not.toContain('secret');
});

test('keys move the focus among rows, Space takes one, and Escape lets go', async () => {
  const { user, history } = mount('/groups/openai/keys', { script });
  (await screen.findByRole('link', { name: 'sk-a****3' })).focus();
  await user.keyboard('{ArrowDown} ');
  expect(screen.getByRole('link', { name: 'sk-a****2' })).toHaveFocus();
  expect(screen.getByText('1 key selected')).toBeInTheDocument();
  await user.keyboard('{Escape}');
  expect(screen.queryByText('1 key selected')).toBeNull();
  await user.keyboard('{End}{Enter}');
  await waitFor(() => expect(history.location.pathname).toBe('/groups/openai/keys/1'));
});

/** Answers uploads as the server does. */
class ScriptedUpload {
  static sent: string[] = [];
  upload = { onprogress: null };
  status = 0;
  responseText = '';
  onload: () => void = () => undefined;
  private url = '';
  open(_method: string, url: string) {
    this.url = url;
  }
  setRequestHeader() {}
  abort() {}
  async send() {
    ScriptedUpload.sent.push(this.url);
    const preview = this.url.includes('preview=true');
    this.status = preview ? 200 : 202;
    const problems = [{ line: 4, reason: 'NOT_TEXT', message: 'no text' }];
    this.responseText = JSON.stringify(
      preview
        ? { lines: 4, fresh: 2, repeated: 1, alreadyThere: 0, unusable: 1, sample: ['ke****a'], problems }
        : { taskId: 't1' },
    );
    await Promise.resolve();
    this.onload();
  }
}

test('keys are counted before they are imported, and the task is followed to its end', async () => {
  vi.stubGlobal('XMLHttpRequest', ScriptedUpload);
  const importing = { ...task, kind: 'IMPORT_KEYS' };
  const { user, socket } = mount('/groups/openai/keys/import', {
    script: { ...script, ImportTask: { data: { task: importing } } },
  });
  await user.type(await screen.findByLabelText('Keys to import'), 'key-a key-b key-a');
  expect(await screen.findByText('2 keys to add')).toBeInTheDocument();
  expect(screen.getByText('1 repeated')).toBeInTheDocument();
  expect(screen.getByText('Line 4: no text')).toBeInTheDocument();
  await user.click(screen.getByRole('button', { name: 'Import' }));
  await waitFor(() => expect(socket.listens('TaskProgress')).toBe(true));
  expect(ScriptedUpload.sent.at(-1)).toBe('/import/keys?groupId=openai');
  socket.send('TaskProgress', { taskProgress: { ...importing, state: 'SUCCEEDED', processed: 3, succeeded: 2, skipped: 1 } });
  expect(await screen.findByText('2 keys added')).toBeInTheDocument();
});
