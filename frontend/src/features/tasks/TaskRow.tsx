import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Lamp } from '../../components/Lamp';
import { CancelButton, TaskFigures, Track, taskLamps } from '../../components/TaskLine';
import { TimeAgo } from '../../components/TimeAgo';
import type { TaskRow_TaskFragment } from '../../generated/graphql';
import { useFormat } from '../../lib/format';
import { isOver } from '../../lib/tasks';
import { useNow } from '../../lib/useNow';
import classes from './Tasks.module.css';

export function TaskRow({ task }: { task: TaskRow_TaskFragment }) {
  const { t } = useTranslation();
  return (
    <tr>
      <td className={classes.state}>
        <Lamp state={taskLamps[task.state]}>{t(`task.${task.state}`)}</Lamp>
      </td>
      <th scope="row" className={classes.what}>
        <Link to="/tasks/$taskId" params={{ taskId: task.id }} className={classes.link}>
          {t(`task.kind.${task.kind}`)}
        </Link>
        {task.fileName && <span className={classes.file}>{task.fileName}</span>}
      </th>
      <td className={classes.group}>
        {task.group ? (
          <Link to="/groups/$name" params={{ name: task.group.name }} className={classes.above}>
            {task.group.name}
          </Link>
        ) : (
          <span className={classes.gone}>{t('tasks.groupGone')}</span>
        )}
      </td>
      <td className={classes.result}>
        <div className={classes.figures}>
          <TaskFigures task={task} />
        </div>
        {task.state === 'RUNNING' && <Track task={task} />}
        {task.error && <p className={classes.error}>{task.error}</p>}
      </td>
      <td className={classes.created}>
        <TimeAgo at={task.createdAt} />
      </td>
      <td className={classes.took}>
        <Took task={task} />
      </td>
      <td className={classes.cancel}>{!isOver(task) && <CancelButton id={task.id} requested={task.cancelRequested} />}</td>
    </tr>
  );
}

/** How long it ran, or runs. */
export function Took({ task }: { task: Pick<TaskRow_TaskFragment, 'startedAt' | 'finishedAt'> }) {
  const format = useFormat();
  const now = useNow(1000);
  if (task.startedAt === null) return '–';
  const end = task.finishedAt === null ? now : Date.parse(task.finishedAt);
  return format.duration(Math.max(0, end - Date.parse(task.startedAt)));
}
