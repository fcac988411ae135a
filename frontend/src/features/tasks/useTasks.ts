import { useEffect, useState } from 'react';
import { useClient, useQuery } from 'urql';
import { graphql, readFragment } from '../../generated';
import type { TaskRow_TaskFragment } from '../../generated/graphql';
import { isOver, latestOf } from '../../lib/tasks';
import { useVisible } from '../../lib/useVisible';

export const taskFragment = graphql(`
  fragment TaskRow_task on Task {
    id
    kind
    state
    processed
    total
    succeeded
    skipped
    failed
    error
    fileName
    cancelRequested
    createdAt
    startedAt
    finishedAt
    group {
      id
      name
    }
  }
`);

const tasksPage = graphql(`
  query TasksPage {
    tasks(first: 200) {
      ...TaskRow_task
    }
  }
`);

const tasksProgress = graphql(`
  subscription TasksProgress {
    taskProgress {
      ...TaskRow_task
    }
  }
`);

/** The latest tasks, those under way first; live. */
export function useTasks() {
  const client = useClient();
  const visible = useVisible();
  // Asked again on return: what ended while nobody looked is not told afterwards.
  const [{ data, error }, refetch] = useQuery({ query: tasksPage, requestPolicy: 'network-only', pause: !visible });
  const [newer, setNewer] = useState<ReadonlyMap<string, TaskRow_TaskFragment>>(new Map());

  useEffect(() => {
    if (!visible) return;
    const { unsubscribe } = client.subscription(tasksProgress, {}).subscribe((message) => {
      const task = readFragment(taskFragment, message.data?.taskProgress);
      if (task) setNewer((known) => new Map(known).set(task.id, task));
    });
    return unsubscribe;
  }, [client, visible]);

  const read = data && readFragment(taskFragment, data.tasks);
  return { tasks: read && merged(read, newer), error, retry: () => refetch({ requestPolicy: 'network-only' }) };
}

/** Those under way before those that ended, each newest first. */
export function merged(
  read: readonly TaskRow_TaskFragment[],
  newer: ReadonlyMap<string, TaskRow_TaskFragment>,
): TaskRow_TaskFragment[] {
  return [...latestOf(read, newer.values()).values()].sort(
    (a, b) =>
      Number(isOver(a)) - Number(isOver(b)) || Date.parse(b.createdAt) - Date.parse(a.createdAt) || Number(b.id) - Number(a.id),
  );
}
