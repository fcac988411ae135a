import { getRouteApi } from '@tanstack/react-router';
import { RequestDrawer } from '../../features/requests/RequestDrawer';

const route = getRouteApi('/frame/requests/$requestId');

export function RequestRoute() {
  const { requestId } = route.useParams();
  const navigate = route.useNavigate();
  // The list stays where it was read: at its top the tail would run on.
  const close = () => navigate({ to: '/requests', search: (now) => now, resetScroll: false });
  return <RequestDrawer requestId={requestId} onClose={close} />;
}
