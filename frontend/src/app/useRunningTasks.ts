import { useMemo } from 'react';
import { useQuery, useSubscription } from 'urql';
import { graphql } from '../generated';
import type { RunningTasksQuery } from '../generated/graphql';
import { isOver, latestOf } from '../lib/tasks';
import { useVisible } from '../lib/useVisible';

const runningTasks = graphql(`
  query RunningTasks {
    tasks(first: 20) {
      id
      state
      processed
      total
    }
  }
`);

const taskChanged = graphql(`
  subscription RunningTaskChanged {
    taskProgress {
      id
      state
      processed
      total
    }
  }
`);

type Task = RunningTasksQuery['tasks'][number];

/** How many tasks are under way, and how far they are in all, 0 to 1. */
export interface RunningTasks {
  count: number;
  share: number;
}

export function useRunningTasks(): RunningTasks {
  const visible = useVisible();
  // Asked again on return: what ended while nobody looked is not told afterwards.
  const [{ data }] = useQuery({ query: runningTasks, pause: !visible });
  const subscription = useMemo(() => ({ query: taskChanged, pause: !visible }), [visible]);
  const [{ data: changed }] = useSubscription(subscription, (before: ReadonlyMap<string, Task> = new Map(), { taskProgress }) =>
    new Map(before).set(taskProgress.id, taskProgress),
  );
  const latest = latestOf(data?.tasks ?? [], changed?.values() ?? []);
  const running = [...latest.values()].filter((task) => !isOver(task));
  const total = running.reduce((sum, task) => sum + (task.total ?? 0), 0);
  const processed = running.reduce((sum, task) => sum + task.processed, 0);
  return { count: running.length, share: total > 0 ? Math.min(1, processed / total) : 0 };
}
