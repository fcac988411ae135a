import { useTranslation } from 'react-i18next';
import { NodesPage } from '../../features/nodes/NodesPage';
import { useTitle } from '../useTitle';

export function NodesRoute() {
  const { t } = useTranslation();
  useTitle(t('nav.nodes'));
  return <NodesPage />;
}
