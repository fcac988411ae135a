import { ShapingTab } from '../../../features/groups/ShapingTab';
import { useCurrentGroup } from '../../CurrentGroup';

export function ShapingRoute() {
  return <ShapingTab group={useCurrentGroup()} />;
}
