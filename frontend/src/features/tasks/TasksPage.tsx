import { Button, Skeleton } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { PageHead } from '../../components/Panel';
import { Empty, Failed } from '../../components/States';
import { TaskRow } from './TaskRow';
import classes from './Tasks.module.css';
import { useTasks } from './useTasks';

/** Long work, running first: what is under way and what came of what was. */
export function TasksPage() {
  const { t } = useTranslation();
  const { tasks, error, retry } = useTasks();
  return (
    <>
      <PageHead title={t('nav.tasks')} />
      {error && !tasks && <Failed error={error} onRetry={retry} />}
      {!tasks && !error && <Loading />}
      {tasks?.length === 0 && (
        <Empty
          title={t('tasks.empty')}
          action={<Button renderRoot={(props) => <Link to="/groups" {...props} />}>{t('tasks.toGroups')}</Button>}
        >
          {t('tasks.emptyNext')}
        </Empty>
      )}
      {tasks && tasks.length > 0 && (
        <table className={classes.table} aria-label={t('nav.tasks')}>
          <thead>
            <tr>
              <th scope="col">{t('tasks.state')}</th>
              <th scope="col">{t('tasks.what')}</th>
              <th scope="col">{t('groups.group')}</th>
              <th scope="col">{t('tasks.result')}</th>
              <th scope="col">{t('tasks.created')}</th>
              <th scope="col" className={classes.right}>
                {t('tasks.took')}
              </th>
              <th scope="col">
                <span className="hidden-text">{t('cancel')}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {tasks.map((task) => (
              <TaskRow key={task.id} task={task} />
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}

function Loading() {
  const { t } = useTranslation();
  return (
    <div role="status" aria-label={t('loading')}>
      {[0, 1, 2, 3].map((i) => (
        <Skeleton key={i} height={48} mb={1} />
      ))}
    </div>
  );
}
