import { getRouteApi } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { TaskPage } from '../../features/tasks/TaskPage';
import { useTitle } from '../useTitle';

const route = getRouteApi('/frame/tasks/$taskId');

export function TaskRoute() {
  const { t } = useTranslation();
  const { taskId } = route.useParams();
  useTitle(t('nav.tasks'));
  return <TaskPage key={taskId} id={taskId} />;
}
