/** A group in an aggregate, while it is edited. */
export interface Member {
  /** The member group's. */
  id: string;
  name: string;
  weight: number;
  /** Lower is tried first. */
  priority: number;
}

/** The members of each priority, first to last: those of one share its traffic, the next takes over when none of them can answer. */
export function tiersOf(members: readonly Member[]): { priority: number; members: Member[] }[] {
  const priorities = [...new Set(members.map((m) => m.priority))].sort((a, b) => a - b);
  return priorities.map((priority) => ({ priority, members: members.filter((m) => m.priority === priority) }));
}
