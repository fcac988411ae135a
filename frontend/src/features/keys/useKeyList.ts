import { useEffect, useEffectEvent, useReducer, useState } from 'react';
import { type CombinedError, useClient } from 'urql';
import { readFragment } from '../../generated';
import type { KeyFilter, KeyOrder, KeyRow_KeyFragment, KeysPageQuery, KeysPageQueryVariables } from '../../generated/graphql';
import { unkept } from '../../lib/unkept';
import { type Page, pageSize } from './held';
import { keysPage, rowFragment } from './keyDocuments';
import { emptyList, type List, type ListEvent, listReducer, type Wanted, wanted } from './list';

export type KeyRow = KeyRow_KeyFragment;

/** Which keys of which group, in which order. A list of another one is another list: give the component that uses it a key. */
export interface KeysAsked {
  groupId: string;
  filter: KeyFilter | undefined;
  order: KeyOrder;
}

export interface KeyList {
  list: List<KeyRow>;
  tell: (event: ListEvent<KeyRow>) => void;
  error: CombinedError | undefined;
  retry: () => void;
}

/** How long the thumb must rest before what it points at is asked for, in milliseconds. */
const rest = 80;

/** Holds the stretch of a group's keys around the reader, and asks for more as it is needed: one request at a time. */
export function useKeyList(asked: KeysAsked, begin: number, rowHeight: number): KeyList {
  const client = useClient();
  const [list, tell] = useReducer(listReducer<KeyRow>, rowHeight, emptyList<KeyRow>);
  const [error, setError] = useState<CombinedError>();
  const want = error ? null : wanted(list, begin);
  const key = want && JSON.stringify(want);
  const isFirst = list.held === null;

  const ask = useEffectEvent((what: Wanted) => {
    const variables = { ...asked, ...startOf(what, asked.order), first: pageSize };
    return client.query(keysPage, variables, unkept).subscribe(({ data, error }) => {
      if (error) setError(error);
      if (data) tell({ kind: 'came', wanted: what, page: pageOf(data, what), total: data.keys.totalCount });
    });
  });

  useEffect(() => {
    if (!key) return;
    const what: Wanted = JSON.parse(key);
    let asking: { unsubscribe: () => void } | undefined;
    const begin = () => {
      asking = ask(what);
    };
    const timer = window.setTimeout(begin, what.way === 'at' && !isFirst ? rest : 0);
    return () => {
      window.clearTimeout(timer);
      asking?.unsubscribe();
    };
  }, [key, isFirst]);

  return { list, tell, error, retry: () => setError(undefined) };
}

/** Beyond every id, so that the last page is what is before it. */
const beyond: Partial<Record<KeyOrder, string>> = { NEWEST: '1', OLDEST: String(Number.MAX_SAFE_INTEGER) };

function startOf(what: Wanted, order: KeyOrder): Pick<KeysPageQueryVariables, 'at' | 'after' | 'before'> {
  if (what.way === 'at') return what.at > 0 ? { at: what.at } : {};
  if (what.way === 'last') return { before: beyond[order] };
  return { [what.way]: what.cursor };
}

export function pageOf({ keys }: KeysPageQuery, what?: Wanted): Page<KeyRow> {
  const { edges, pageInfo, scannedTo } = keys;
  // Of what is before a place where nothing matches the server says nothing.
  const untold = edges.length === 0 && what?.way === 'at' && what.at > 0;
  return {
    rows: edges.map((edge) => readFragment(rowFragment, edge.node)),
    hasPrevious: pageInfo.hasPreviousPage || untold,
    hasNext: pageInfo.hasNextPage,
    previous: pageInfo.startCursor,
    next: pageInfo.endCursor,
    scanned: scannedTo,
  };
}
