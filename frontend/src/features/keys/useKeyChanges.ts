import { useEffect, useEffectEvent, useState } from 'react';
import { useClient } from 'urql';
import { readFragment } from '../../generated';
import type { KeyChangesSubscription } from '../../generated/graphql';
import { unkept } from '../../lib/unkept';
import { useVisible } from '../../lib/useVisible';
import { pageSize } from './held';
import { keyChanges, keysPage, rowFragment } from './keyDocuments';
import { rowAt, seen } from './list';
import { type KeyList, type KeyRow, type KeysAsked, pageOf } from './useKeyList';

/** What changed since the list was opened. */
export interface Changes {
  /** How many keys the group has now; undefined while nothing has changed. */
  total: number | undefined;
  /** Ids of rows that are no longer there, or no longer match. */
  gone: ReadonlySet<string>;
}

/** How often rows are read again while many change at once, in milliseconds. */
const pace = 2000;

/** Puts what happens to keys into the rows where they stand. Rows never move, and new keys are only counted. */
export function useKeyChanges(asked: KeysAsked, keyList: KeyList): Changes {
  const client = useClient();
  const visible = useVisible();
  const [total, setTotal] = useState<number>();
  const [gone, setGone] = useState<ReadonlySet<string>>(new Set());
  const { list, tell } = keyList;

  const readAgain = useEffectEvent(async () => {
    const { rows, after } = stretchSeen(keyList);
    if (rows.length === 0) return;
    const variables = { ...asked, after, first: rows.length };
    const answer = await client.query(keysPage, variables, unkept);
    if (!answer.data) return;
    const found = new Map(pageOf(answer.data).rows.map((row) => [row.id, row]));
    tell({ kind: 'patched', patch: (row) => newer(row, found.get(row.id)) });
    setGone((known) => new Set([...known, ...rows.filter((row) => !found.has(row.id)).map((row) => row.id)]));
  });

  const take = useEffectEvent(({ keyChanged }: KeyChangesSubscription) => {
    setTotal(keyChanged.keyCounts.total);
    const key = readFragment(rowFragment, keyChanged.key);
    if (key) tell({ kind: 'patched', patch: (row) => newer(row, row.id === key.id ? key : undefined) });
    return key !== null && key !== undefined;
  });

  const { groupId } = asked;
  const opened = list.held !== null;
  useEffect(() => {
    if (!visible || !opened) return;
    let timer: number | undefined;
    const { unsubscribe } = client.subscription(keyChanges, { groupId }).subscribe(({ data }) => {
      if (!data || take(data)) return;
      timer ??= window.setTimeout(() => {
        timer = undefined;
        void readAgain();
      }, pace);
    });
    return () => {
      window.clearTimeout(timer);
      unsubscribe();
    };
  }, [client, groupId, visible, opened]);

  return { total, gone };
}

/** The rows that are seen, as far as a page can bring them again, and the cursor before them. */
function stretchSeen({ list }: KeyList): { rows: KeyRow[]; after: string | undefined } {
  const [from, to] = seen(list);
  const rows = Array.from({ length: Math.min(to - from, pageSize) }, (_, i) => rowAt(list, from + i)).filter(
    (row) => row !== undefined,
  );
  const before = rowAt(list, from - 1);
  if (before || from === 0) return { rows, after: before?.id };
  return { rows: rows.slice(1), after: rows[0]?.id };
}

function newer(row: KeyRow, change: KeyRow | undefined): KeyRow {
  return change && change.version >= row.version ? change : row;
}
