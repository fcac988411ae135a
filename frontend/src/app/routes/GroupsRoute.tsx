import { getRouteApi } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { GroupsPage } from '../../features/groups/GroupsPage';
import { useTitle } from '../useTitle';

const route = getRouteApi('/frame/groups');

export function GroupsRoute() {
  const { t } = useTranslation();
  const { q = '' } = route.useSearch();
  const navigate = route.useNavigate();
  useTitle(t('nav.groups'));
  return <GroupsPage search={q} onSearch={(search) => navigate({ search: search ? { q: search } : {}, replace: true })} />;
}
