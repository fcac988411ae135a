import { useState } from 'react';
import { type Client, type CombinedError, useClient } from 'urql';
import { graphql } from '../../generated';
import type { CreationCreateMutation, CreationValidateMutation, Dialect } from '../../generated/graphql';

const create = graphql(`
  mutation CreationCreate($input: CreateGroupInput!) {
    createGroup(input: $input) {
      id
      name
      dialect
      endpoint
      testModel
    }
  }
`);

const importText = graphql(`
  mutation CreationImport($groupId: ID!, $text: String!) {
    importKeys(groupId: $groupId, text: $text) {
      id
    }
  }
`);

const importProgress = graphql(`
  subscription CreationProgress($id: ID!) {
    taskProgress(id: $id) {
      id
      state
      succeeded
      failed
      error
    }
  }
`);

const firstKey = graphql(`
  query CreationFirstKey($groupId: ID!) {
    keys(groupId: $groupId, first: 1) {
      edges {
        node {
          id
        }
      }
    }
  }
`);

const validate = graphql(`
  mutation CreationValidate($id: ID!) {
    validateKey(id: $id) {
      ok
      statusCode
      message
      durationMs
    }
  }
`);

export interface Draft {
  name: string;
  dialect: Dialect;
  url: string;
  testModel: string;
  keys: string;
}

export type Group = CreationCreateMutation['createGroup'];
export type Verdict = CreationValidateMutation['validateKey'];

export const steps = ['create', 'import', 'validate'] as const;
export type Step = (typeof steps)[number];

/** How far a creation has come. `at` is the step under way, or the one that failed when there is a fault. */
export interface Creation {
  at?: Step | 'done';
  group?: Group;
  imported?: number;
  verdict?: Verdict;
  /** A fault of the server, or what it said in words. */
  error?: CombinedError;
  said?: string;
  busy: boolean;
}

/** Thrown by a step to stop there; what came before stays done, and the next run goes on from it. */
class Stop extends Error {
  constructor(readonly reason: Pick<Creation, 'error' | 'said'>) {
    super('stopped');
  }
}

/** Creates a group, imports its keys and asks its upstream with the first of them; each step once, however often it is run. */
export function useCreation(): [Creation, (draft: Draft) => Promise<void>] {
  const client = useClient();
  const [creation, setCreation] = useState<Creation>({ busy: false });

  async function run(draft: Draft) {
    let now: Creation = { ...creation, error: undefined, said: undefined, busy: true };
    const show = (change: Partial<Creation>) => {
      now = { ...now, ...change };
      setCreation(now);
    };
    try {
      show({ at: 'create' });
      const group = now.group ?? (await createGroup(client, draft));
      show({ group });
      if (draft.keys.trim() !== '') {
        show({ at: 'import' });
        show({ imported: now.imported ?? (await importKeys(client, group.id, draft.keys)) });
        show({ at: 'validate' });
        show({ verdict: await validateFirst(client, group.id) });
      }
      show({ at: 'done', busy: false });
    } catch (stop) {
      if (!(stop instanceof Stop)) throw stop;
      show({ ...stop.reason, busy: false });
    }
  }

  return [creation, run];
}

async function createGroup(client: Client, draft: Draft): Promise<Group> {
  const input = { name: draft.name, dialect: draft.dialect, upstreams: [{ url: draft.url }], testModel: draft.testModel };
  // The lists that an earlier answer left empty name no Group by which the cache could tell.
  const { data, error } = await client.mutation(create, { input }, { additionalTypenames: ['Group', 'Dashboard'] }).toPromise();
  if (!data) throw new Stop({ error });
  return data.createGroup;
}

async function importKeys(client: Client, groupId: string, text: string): Promise<number> {
  const { data, error } = await client.mutation(importText, { groupId, text }).toPromise();
  if (!data) throw new Stop({ error });
  return await ended(client, data.importKeys.id);
}

/** How many keys the task added. A socket that breaks meanwhile comes back and tells the state anew. */
function ended(client: Client, id: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const { unsubscribe } = client.subscription(importProgress, { id }).subscribe(({ data, error }) => {
      const task = data?.taskProgress;
      if (error) reject(new Stop({ error }));
      else if (task?.state === 'SUCCEEDED') resolve(task.succeeded);
      else if (task?.state === 'FAILED' || task?.state === 'CANCELLED') reject(new Stop({ said: task.error ?? task.state }));
      else return;
      // Not at once: the first answer may come before `unsubscribe` is there.
      queueMicrotask(() => unsubscribe());
    });
  });
}

async function validateFirst(client: Client, groupId: string): Promise<Verdict | undefined> {
  const list = await client.query(firstKey, { groupId }, { requestPolicy: 'network-only' }).toPromise();
  if (!list.data) throw new Stop({ error: list.error });
  const key = list.data.keys.edges[0]?.node;
  if (!key) return undefined;
  const { data, error } = await client.mutation(validate, { id: key.id }).toPromise();
  if (!data) throw new Stop({ error });
  return data.validateKey;
}
