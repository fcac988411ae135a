import { getRouteApi, Outlet } from '@tanstack/react-router';
import { GroupPage } from '../../../features/groups/GroupPage';
import { CurrentGroup } from '../../CurrentGroup';
import { useTitle } from '../../useTitle';

const route = getRouteApi('/frame/groups/$name');

/** The head and the tabs; what stands below them is a route of its own. */
export function GroupRoute() {
  const { name } = route.useParams();
  const navigate = route.useNavigate();
  useTitle(name);
  return (
    <GroupPage
      key={name}
      name={name}
      onDeleted={() => navigate({ to: '/groups' })}
      onCopied={(copy) => navigate({ to: '/groups/$name', params: { name: copy } })}
    >
      {(group) => (
        <CurrentGroup value={group}>
          <Outlet />
        </CurrentGroup>
      )}
    </GroupPage>
  );
}
