import { UpstreamsTab } from '../../../features/groups/UpstreamsTab';
import { useCurrentGroup } from '../../CurrentGroup';

export function UpstreamsRoute() {
  return <UpstreamsTab group={useCurrentGroup()} />;
}
