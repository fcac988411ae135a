import { getRouteApi } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { SettingsPage } from '../../features/settings/SettingsPage';
import { useTitle } from '../useTitle';

const route = getRouteApi('/frame/settings');

export function SettingsRoute() {
  const { t } = useTranslation();
  const filter = route.useSearch();
  const navigate = route.useNavigate();
  useTitle(t('nav.settings'));
  return <SettingsPage filter={filter} onFilter={(search) => navigate({ search, replace: true })} />;
}
