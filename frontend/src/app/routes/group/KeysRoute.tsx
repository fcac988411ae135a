import { getRouteApi, Outlet, useNavigate } from '@tanstack/react-router';
import { KeysPage } from '../../../features/keys/KeysPage';
import { useCurrentGroup } from '../../CurrentGroup';

const route = getRouteApi('/frame/groups/$name/keys');

export function KeysRoute() {
  const group = useCurrentGroup();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  // From wherever one is, since the list comes to rest behind an open key too.
  const stay = useNavigate();
  return (
    <KeysPage
      key={group.id}
      group={group}
      search={search}
      onSearch={(change, how) => stay({ to: '.', search: (now) => ({ ...now, ...change }), replace: how === 'replace' })}
      hrefOf={(keyId) => `/groups/${encodeURIComponent(group.name)}/keys/${keyId}`}
      onOpen={(keyId) => navigate({ to: '/groups/$name/keys/$keyId', params: { name: group.name, keyId }, search })}
      onImport={() => navigate({ to: '/groups/$name/keys/import', params: { name: group.name } })}
    >
      <Outlet />
    </KeysPage>
  );
}
