import { ActionIcon, Button } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useEffect, useEffectEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useMutation, useSubscription } from 'urql';
import { type FragmentType, graphql, readFragment } from '../generated';
import type { TaskLine_TaskFragment } from '../generated/graphql';
import { sentence } from '../lib/faults';
import { useFormat } from '../lib/format';
import { isOver, paceOf } from '../lib/tasks';
import { useNow } from '../lib/useNow';
import { Lamp, type LampState } from './Lamp';
import { Fault } from './States';
import classes from './TaskLine.module.css';

const taskFragment = graphql(`
  fragment TaskLine_task on Task {
    id
    kind
    state
    processed
    total
    succeeded
    skipped
    failed
    error
    cancelRequested
    startedAt
    problems {
      line
      keyMasked
      reason
      message
    }
  }
`);

export type TaskLineTask = FragmentType<typeof taskFragment>;

const taskProgress = graphql(`
  subscription TaskProgress($id: ID!) {
    taskProgress(id: $id) {
      ...TaskLine_task
    }
  }
`);

const cancelTask = graphql(`
  mutation CancelTask($id: ID!) {
    cancelTask(id: $id) {
      ...TaskLine_task
    }
  }
`);

export const taskLamps: Record<TaskLine_TaskFragment['state'], LampState> = {
  QUEUED: 'disabled',
  RUNNING: 'cooling',
  SUCCEEDED: 'living',
  FAILED: 'failing',
  CANCELLED: 'disabled',
};

interface TaskLineProps {
  /** As the mutation answered; the socket brings what is newer. */
  task: TaskLineTask;
  /** Called once, when it has ended, with whether it succeeded. */
  onEnd?: (succeeded: boolean) => void;
  /** With it, a task that has ended can be put away. */
  onDismiss?: () => void;
}

/** A task under way: how far and how fast, what came of it, and what was wrong with which line or key. */
export function TaskLine({ task, onEnd, onDismiss }: TaskLineProps) {
  const { t } = useTranslation();
  const first = readFragment(taskFragment, task);
  const [live] = useSubscription({ query: taskProgress, variables: { id: first.id }, pause: isOver(first) });
  const now = readFragment(taskFragment, live.data?.taskProgress) ?? first;
  const over = isOver(now);
  const end = useEffectEvent(() => onEnd?.(now.state === 'SUCCEEDED'));
  useEffect(() => {
    if (over) end();
  }, [over]);

  return (
    <div className={classes.task}>
      <div className={classes.figures} role="status">
        <Lamp state={taskLamps[now.state]}>{now.state === 'RUNNING' ? t(`task.doing.${now.kind}`) : t(`task.${now.state}`)}</Lamp>
        <TaskFigures task={now} />
        <span className={classes.acts}>
          <Link className={classes.link} to="/tasks/$taskId" params={{ taskId: now.id }}>
            {t('task.open')}
          </Link>
          {!over && <CancelButton id={now.id} requested={now.cancelRequested} />}
          {over && onDismiss && (
            <ActionIcon variant="subtle" color="gray" size={24} aria-label={t('close')} onClick={onDismiss}>
              <IconX size={14} />
            </ActionIcon>
          )}
        </span>
      </div>
      {!over && <Track task={now} />}
      {now.error && <p className={classes.error}>{now.error}</p>}
      <Problems task={now} />
    </div>
  );
}

/** What came of a task so far, in figures with words. */
export function TaskFigures({ task }: { task: Pick<TaskLine_TaskFragment, 'kind' | 'succeeded' | 'skipped' | 'failed'> }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <>
      <span>{t(`task.did.${task.kind}`, { count: task.succeeded, shown: format.number(task.succeeded) })}</span>
      {task.skipped > 0 && <span>{t('task.skipped', { count: task.skipped, shown: format.number(task.skipped) })}</span>}
      {task.failed > 0 && (
        <Lamp state="invalid">{t('task.failed', { count: task.failed, shown: format.number(task.failed) })}</Lamp>
      )}
    </>
  );
}

/** How far, how fast, and how long it will yet take. */
export function Track({ task }: { task: Pick<TaskLine_TaskFragment, 'processed' | 'total' | 'startedAt'> }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { share, rate, left } = paceOf(task, useNow(1000));
  return (
    <div className={classes.progress}>
      <progress className={classes.track} value={share} max={1} aria-label={t('task.progress')} />
      <span className={classes.pace}>
        {task.total !== null && format.percent(Math.floor(share * 100) / 100)}
        {rate !== undefined && <span>{t('task.rate', { rate: format.number(rate) })}</span>}
        {left !== undefined && <span>{t('task.left', { time: format.duration(left) })}</span>}
      </span>
    </div>
  );
}

export function CancelButton({ id, requested }: { id: string; requested: boolean }) {
  const { t } = useTranslation();
  const [{ error, fetching }, cancel] = useMutation(cancelTask);
  if (error) return <Fault>{sentence(t, error)}</Fault>;
  return (
    <Button size="compact-sm" variant="default" loading={fetching} disabled={requested} onClick={() => cancel({ id })}>
      {requested ? t('task.stopping') : t('cancel')}
    </Button>
  );
}

/** The first lines or keys that could not be used, and all of them as a file. */
export function Problems({ task }: { task: Pick<TaskLine_TaskFragment, 'id' | 'failed' | 'problems'> }) {
  const { t } = useTranslation();
  if (task.problems.length === 0) return null;
  return (
    <>
      <ul className={classes.problems}>
        {task.problems.map((p, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a line may have the same fault twice
          <li key={i}>
            {p.line !== null && <span>{t('task.line', { line: p.line })}</span>}
            {p.keyMasked && <code>{p.keyMasked}</code>}
            <span>{p.message}</span>
          </li>
        ))}
      </ul>
      <a className={classes.link} href={`/export/tasks/${task.id}.csv`} download>
        {t('task.download', { count: task.failed })}
      </a>
    </>
  );
}
