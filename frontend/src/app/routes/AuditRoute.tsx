import { getRouteApi } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { AuditPage } from '../../features/audit/AuditPage';
import { useTitle } from '../useTitle';

const route = getRouteApi('/frame/audit');

export function AuditRoute() {
  const { t } = useTranslation();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  useTitle(t('nav.audit'));
  return <AuditPage search={search} onSearch={(change) => navigate({ search: { ...search, ...change }, replace: true })} />;
}
