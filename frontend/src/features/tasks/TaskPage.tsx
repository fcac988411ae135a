import { Button, Skeleton } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useQuery } from 'urql';
import { PageHead, Panel } from '../../components/Panel';
import { Empty, Failed } from '../../components/States';
import { TaskLine } from '../../components/TaskLine';
import { TimeAgo } from '../../components/TimeAgo';
import { graphql, readFragment } from '../../generated';
import type { TaskRow_TaskFragment } from '../../generated/graphql';
import { useFormat } from '../../lib/format';
import classes from './Tasks.module.css';
import { taskFragment } from './useTasks';

const taskPage = graphql(`
  query TaskPage($id: ID!) {
    task(id: $id) {
      ...TaskLine_task
      ...TaskRow_task
    }
  }
`);

/** One task: how far it is, what came of it, and what it could not use. */
export function TaskPage({ id }: { id: string }) {
  const { t } = useTranslation();
  const [{ data, error }, refetch] = useQuery({ query: taskPage, variables: { id }, requestPolicy: 'network-only' });
  const reload = () => refetch({ requestPolicy: 'network-only' });
  const row = readFragment(taskFragment, data?.task);

  if (error && !data) return <Failed error={error} onRetry={reload} />;
  if (!data) return <Skeleton height={240} aria-label={t('loading')} role="status" />;
  if (!data.task || !row) {
    return (
      <Empty
        page
        title={t('tasks.gone')}
        action={
          <Button variant="default" renderRoot={(props) => <Link to="/tasks" {...props} />}>
            {t('tasks.all')}
          </Button>
        }
      />
    );
  }
  return (
    <>
      <PageHead
        title={t(`task.kind.${row.kind}`)}
        note={
          row.group && (
            <Link to="/groups/$name" params={{ name: row.group.name }}>
              {row.group.name}
            </Link>
          )
        }
      >
        <Button variant="subtle" renderRoot={(props) => <Link to="/tasks" {...props} />}>
          {t('tasks.all')}
        </Button>
      </PageHead>
      <div className={classes.page}>
        <Panel>
          <TaskLine task={data.task} onEnd={reload} />
        </Panel>
        <Panel title={t('tasks.facts')}>
          <Facts task={row} />
        </Panel>
      </div>
    </>
  );
}

function Facts({ task }: { task: TaskRow_TaskFragment }) {
  const { t } = useTranslation();
  const format = useFormat();
  const took = task.startedAt && task.finishedAt ? Date.parse(task.finishedAt) - Date.parse(task.startedAt) : undefined;
  return (
    <dl className={classes.facts}>
      {task.fileName && <Fact name={t('tasks.file')}>{task.fileName}</Fact>}
      <Fact name={t('tasks.processed')}>
        {format.number(task.processed)}
        {task.total !== null && ` / ${format.number(task.total)}`}
      </Fact>
      <Fact name={t('tasks.created')}>
        <TimeAgo at={task.createdAt} />
      </Fact>
      {took !== undefined && <Fact name={t('tasks.took')}>{format.duration(took)}</Fact>}
    </dl>
  );
}

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
