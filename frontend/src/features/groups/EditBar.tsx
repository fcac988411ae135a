import { LeaveGuard } from '../../components/LeaveGuard';
import { SaveBar } from '../../components/SaveBar';
import type { useGroupEdit } from './useGroupEdit';

/** What will be saved, and the guard that lets nobody leave without a word. */
export function EditBar({ bar }: Pick<ReturnType<typeof useGroupEdit>, 'bar'>) {
  return (
    <>
      <SaveBar {...bar} />
      <LeaveGuard changes={bar.changes.length} />
    </>
  );
}
