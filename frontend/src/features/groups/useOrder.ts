import { useState } from 'react';
import { type CombinedError, useClient } from 'urql';
import { graphql } from '../../generated';

const reorderGroups = graphql(`
  mutation ReorderGroups($ids: [ID!]!) {
    reorderGroups(ids: $ids) {
      id
      sort
    }
  }
`);

/** Takes one id out and puts it in at a place; beyond the ends is the end. */
export function moved(ids: readonly string[], id: string, to: number): string[] {
  const rest = ids.filter((x) => x !== id);
  const at = Math.max(0, Math.min(rest.length, to));
  return [...rest.slice(0, at), id, ...rest.slice(at)];
}

/** The order of the groups: as the server has it, or as it was just made until the server has it too. */
export function useOrder(stored: readonly string[], reload: () => Promise<unknown>) {
  const client = useClient();
  const [made, setMade] = useState<string[]>();
  const [error, setError] = useState<CombinedError>();
  // A group that came or went meanwhile makes the order that was made a thing of the past.
  const current = made && made.length === stored.length && made.every((id) => stored.includes(id)) ? made : [...stored];

  async function move(id: string, to: number) {
    const ids = moved(current, id, to);
    if (ids.join() === current.join()) return;
    setMade(ids);
    const answer = await client.mutation(reorderGroups, { ids }).toPromise();
    setError(answer.error);
    await reload();
    setMade((latest) => (latest === ids ? undefined : latest));
  }

  return { order: current, move, error };
}
