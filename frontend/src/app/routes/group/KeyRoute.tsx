import { getRouteApi } from '@tanstack/react-router';
import { KeyDrawer } from '../../../features/keys/KeyDrawer';

const route = getRouteApi('/frame/groups/$name/keys/$keyId');

export function KeyRoute() {
  const { name, keyId } = route.useParams();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  return <KeyDrawer id={keyId} onClose={() => navigate({ to: '/groups/$name/keys', params: { name }, search })} />;
}
