import { HistoryTab } from '../../../features/groups/HistoryTab';
import { useCurrentGroup } from '../../CurrentGroup';

export function HistoryRoute() {
  return <HistoryTab group={useCurrentGroup()} />;
}
