import { MembersTab } from '../../../features/groups/MembersTab';
import { useCurrentGroup } from '../../CurrentGroup';

export function MembersRoute() {
  return <MembersTab group={useCurrentGroup()} />;
}
