import { useTranslation } from 'react-i18next';
import { ProxyKeysPage } from '../../features/proxykeys/ProxyKeysPage';
import { useTitle } from '../useTitle';

export function ProxyKeysRoute() {
  const { t } = useTranslation();
  useTitle(t('nav.proxyKeys'));
  return <ProxyKeysPage />;
}
