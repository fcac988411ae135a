import { useMemo } from 'react';
import { useQuery, useSubscription } from 'urql';
import { graphql, readFragment } from '../../generated';
import type { DashboardLiveSubscription, LiveFiguresFragment } from '../../generated/graphql';
import { useVisible } from '../../lib/useVisible';

const figuresFragment = graphql(`
  fragment LiveFigures on LiveStats {
    time
    inFlight
    openStreams
    requestsPerSecond
    errorRate
    p95Ms
    firstByteP50Ms
    keyCounts {
      total
      active
      invalid
      ...KeyBar_counts
    }
  }
`);

const liveHistory = graphql(`
  query DashboardLiveHistory($groupId: ID) {
    liveHistory(groupId: $groupId) {
      time
      ...LiveFigures
    }
  }
`);

const dashboardLive = graphql(`
  subscription DashboardLive($groupId: ID) {
    liveStats(groupId: $groupId) {
      ...LiveFigures
    }
  }
`);

export type LiveStats = LiveFiguresFragment;

/** A minute, one figure a second. */
export const minute = 60;

/** The last minute of live figures, oldest first: what was there when the page opened, and what came since. */
export function useLive(groupId: string | undefined, ready: boolean): readonly LiveStats[] {
  const visible = useVisible();
  const variables = useMemo(() => ({ groupId }), [groupId]);
  const [past] = useQuery({ query: liveHistory, variables, pause: !ready || !visible, requestPolicy: 'network-only' });
  const query = useMemo(() => ({ query: dashboardLive, variables, pause: !ready || !visible }), [variables, ready, visible]);
  const [live] = useSubscription<DashboardLiveSubscription, readonly LiveStats[]>(query, (before = [], data) => [
    ...before.slice(1 - minute),
    readFragment(figuresFragment, data.liveStats),
  ]);
  const came = live.data ?? [];
  const first = came[0]?.time;
  const history = past.data?.liveHistory.map((s) => readFragment(figuresFragment, s)) ?? [];
  return [...history.filter((s) => first === undefined || s.time < first), ...came].slice(-minute);
}
