import { useNavigate } from '@tanstack/react-router';
import { ImportPage } from '../../../features/keys/ImportPage';
import { useCurrentGroup } from '../../CurrentGroup';

export function ImportRoute() {
  const group = useCurrentGroup();
  const navigate = useNavigate();
  return <ImportPage group={group} onBack={() => navigate({ to: '/groups/$name/keys', params: { name: group.name } })} />;
}
