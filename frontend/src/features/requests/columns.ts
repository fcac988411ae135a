import { useState } from 'react';

/** The columns one may leave out, in the order they stand; time and result are always there. */
export const columns = ['group', 'model', 'path', 'key', 'upstream', 'caller', 'tokens', 'firstByte', 'took'] as const;
export type Column = (typeof columns)[number];

/** Columns of figures stand at the right. */
export const figures: readonly Column[] = ['tokens', 'firstByte', 'took'];

const usual: readonly Column[] = ['group', 'model', 'key', 'tokens', 'firstByte', 'took'];
const stored = 'roundhouse.requests.columns';

function remembered(): readonly Column[] {
  const kept = localStorage.getItem(stored)?.split(',');
  return kept ? columns.filter((c) => kept.includes(c)) : usual;
}

/** The columns that are shown here, remembered in this browser. */
export function useColumns(): [shown: readonly Column[], choose: (shown: readonly Column[]) => void] {
  const [shown, setShown] = useState(remembered);
  return [
    shown,
    (wanted) => {
      const next = columns.filter((c) => wanted.includes(c));
      localStorage.setItem(stored, next.join(','));
      setShown(next);
    },
  ];
}
