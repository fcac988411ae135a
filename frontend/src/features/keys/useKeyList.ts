import { useEffect, useEffectEvent, useReducer, useState } from 'react';
import { type CombinedError, useClient } from 'urql';
import { readFragment } from '../../generated';
import type { KeyFilter, KeyOrder, KeyRow_KeyFragment, KeysPageQuery } from '../../generated/graphql';
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
    const at = what.way === 'at' && what.at > 0 ? what.at : undefined;
    const cursor = what.way === 'at' ? {} : { [what.way]: what.cursor };
    const variables = { ...asked, ...cursor, at, first: pageSize };
    return client.query(keysPage, variables, unkept).subscribe(({ data, error }) => {
      if (error) setError(error);
      if (data) tell({ kind: 'came', wanted: what, page: pageOf(data), total: data.keys.totalCount });
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

export function pageOf({ keys }: KeysPageQuery): Page<KeyRow> {
  return {
    rows: keys.edges.map((edge) => readFragment(rowFragment, edge.node)),
    hasPrevious: keys.pageInfo.hasPreviousPage,
    hasNext: keys.pageInfo.hasNextPage,
    next: keys.pageInfo.endCursor,
  };
}
