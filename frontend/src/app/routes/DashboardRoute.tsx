import { getRouteApi } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { DashboardPage } from '../../features/dashboard/DashboardPage';
import { NewGroupSheet } from '../../features/newgroup/NewGroupSheet';
import { useTitle } from '../useTitle';

const route = getRouteApi('/frame/');

export function DashboardRoute() {
  const { t } = useTranslation();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  useTitle(t('nav.dashboard'));
  return (
    <DashboardPage
      search={search}
      onSearch={(change, how) => navigate({ search: { ...search, ...change }, replace: how === 'replace', resetScroll: false })}
      firstRun={(onDone) => <NewGroupSheet onDone={onDone} doneLabel={t('newGroup.toDashboard')} />}
    />
  );
}
