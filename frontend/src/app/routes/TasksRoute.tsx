import { useTranslation } from 'react-i18next';
import { TasksPage } from '../../features/tasks/TasksPage';
import { useTitle } from '../useTitle';

export function TasksRoute() {
  const { t } = useTranslation();
  useTitle(t('nav.tasks'));
  return <TasksPage />;
}
