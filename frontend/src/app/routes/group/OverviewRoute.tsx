import { OverviewTab } from '../../../features/groups/OverviewTab';
import { useCurrentGroup } from '../../CurrentGroup';

export function OverviewRoute() {
  return <OverviewTab group={useCurrentGroup()} />;
}
