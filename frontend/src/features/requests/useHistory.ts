import { useEffect, useState } from 'react';
import { type CombinedError, useClient } from 'urql';
import { graphql, readFragment } from '../../generated';
import type { RequestRow_RequestFragment } from '../../generated/graphql';
import { unkept } from '../../lib/unkept';
import { requestFragment } from './RequestRow';
import { filterOf, type RequestsSearch, stretchOf } from './search';

const historyTable = graphql(`
  query HistoryTable($filter: RequestLogFilter!, $first: Int!, $after: String) {
    requestLogs(filter: $filter, first: $first, after: $after) {
      edges {
        node {
          ...RequestRow_request
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
      scannedTo
    }
  }
`);

export interface History {
  rows: readonly RequestRow_RequestFragment[];
  /** Where the next page begins; null at the end. */
  next: string | null;
  /** How far back was looked, while there is more to look at. */
  scannedTo: string | null;
  error?: CombinedError;
  /** Still looking for rows of this page. */
  looking: boolean;
}

const page = 50;
/** The gateway scans for 150 ms a question; after so many of them the reader decides whether to go on. */
const mostQuestions = 40;

/** One page of what has ended. A filter that matches little takes several questions, and shows what each of them brings. */
export function useHistory(search: RequestsSearch, lookedAt: number): History | undefined {
  const client = useClient();
  const key = JSON.stringify([search, lookedAt]);
  const [state, setState] = useState<{ key: string; history: History }>();

  useEffect(() => {
    let wanted = true;
    const [{ after, ...rest }, now]: [RequestsSearch, number] = JSON.parse(key);
    const filter = { ...filterOf(rest), ...stretchOf(rest, now), attempt: 'FINAL' as const };
    async function look() {
      let rows: RequestRow_RequestFragment[] = [];
      let cursor = after;
      for (let asked = 1; wanted; asked += 1) {
        const variables = { filter, first: page - rows.length, after: cursor };
        const { data, error } = await client.query(historyTable, variables, unkept).toPromise();
        if (!wanted) return;
        if (!data) return setState({ key, history: { rows, next: cursor ?? null, scannedTo: null, error, looking: false } });
        const { edges, pageInfo, scannedTo } = data.requestLogs;
        rows = [...rows, ...edges.map((edge) => readFragment(requestFragment, edge.node))];
        const more = scannedTo !== null || pageInfo.hasNextPage;
        const next = more ? pageInfo.endCursor : null;
        const looking = scannedTo !== null && next !== null && rows.length < page && asked < mostQuestions;
        setState({ key, history: { rows, next, scannedTo, looking } });
        if (!looking) return;
        cursor = next ?? undefined;
      }
    }
    void look();
    return () => {
      wanted = false;
    };
  }, [client, key]);

  // The page before stays until this one has come.
  return state?.history && { ...state.history, looking: state.history.looking || state.key !== key };
}
