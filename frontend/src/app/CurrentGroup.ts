import { createContext, useContext } from 'react';
import type { Dialect, GroupKind } from '../generated/graphql';

/** What the tabs of a group's page need to know of it to ask for the rest. */
export interface Group {
  id: string;
  name: string;
  kind: GroupKind;
  dialect: Dialect;
}

export const CurrentGroup = createContext<Group | undefined>(undefined);

/** The group whose page a tab stands on. */
export function useCurrentGroup(): Group {
  const group = useContext(CurrentGroup);
  if (!group) throw new Error('a tab of a group stands outside its page');
  return group;
}
