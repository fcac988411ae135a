import { getRouteApi } from '@tanstack/react-router';
import { TryPage } from '../../../features/try/TryPage';
import { useCurrentGroup } from '../../CurrentGroup';

const route = getRouteApi('/frame/groups/$name/try');

export function TryRoute() {
  const group = useCurrentGroup();
  const pins = route.useSearch();
  const navigate = route.useNavigate();
  return <TryPage key={group.id} group={group} pins={pins} onPins={(next) => navigate({ search: next, replace: true })} />;
}
