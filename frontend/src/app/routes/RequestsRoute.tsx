import { getRouteApi, Outlet, useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { RequestsPage } from '../../features/requests/RequestsPage';
import { useTitle } from '../useTitle';

const route = getRouteApi('/frame/requests');

export function RequestsRoute() {
  const { t } = useTranslation();
  const search = route.useSearch();
  // From wherever one is, since a filter settles behind an open request too.
  const stay = useNavigate();
  useTitle(t('nav.requests'));
  return (
    <RequestsPage
      search={search}
      onSearch={(change, how) => stay({ to: '.', search: (now) => ({ ...now, ...change }), replace: how === 'replace' })}
    >
      <Outlet />
    </RequestsPage>
  );
}
