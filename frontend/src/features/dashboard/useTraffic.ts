import { useEffect } from 'react';
import { type CombinedError, useQuery } from 'urql';
import { graphql, readFragment } from '../../generated';
import type { TrafficPointsFragment } from '../../generated/graphql';
import { useNow } from '../../lib/useNow';
import { useVisible } from '../../lib/useVisible';
import { readersZone } from '../../lib/zone';
import type { DashboardSearch } from './search';
import { type TrafficWindow, windowOf } from './window';

const pointsFragment = graphql(`
  fragment TrafficPoints on TrafficPoint {
    time
    successes
    failures
    clientFaults
    rateLimited
    inputTokens
    outputTokens
    cachedTokens
    p50Ms
    p95Ms
    p99Ms
    firstByteP95Ms
  }
`);

const wholeTraffic = graphql(`
  query DashboardTraffic($groupId: ID, $model: String, $from: Time!, $to: Time!, $bucket: Bucket!, $zone: String!) {
    traffic(groupId: $groupId, model: $model, from: $from, to: $to, bucket: $bucket, timeZone: $zone) {
      ...TrafficPoints
    }
  }
`);

const splitTraffic = graphql(`
  query DashboardTrafficBy($by: Dimension!, $groupId: ID, $from: Time!, $to: Time!, $bucket: Bucket!, $zone: String!) {
    trafficBy(by: $by, groupId: $groupId, from: $from, to: $to, bucket: $bucket, timeZone: $zone, first: 8) {
      name
      points {
        ...TrafficPoints
      }
    }
  }
`);

const dimensions = { group: 'GROUP', model: 'MODEL', status: 'STATUS' } as const;

export interface Traffic {
  window: TrafficWindow;
  /** The whole; or the busiest names and, last, the rest. */
  series: { name: string; points: readonly TrafficPointsFragment[] }[];
  split: boolean;
}

const minute = 60_000;

/** What the chart shows; asked again each minute while its window ends now. */
export function useTraffic(search: DashboardSearch, groupId: string | undefined, ready: boolean) {
  const now = useNow(minute);
  const visible = useVisible();
  const window = windowOf(search, now);
  const zone = readersZone();
  const variables = {
    groupId,
    from: new Date(window.from).toISOString(),
    to: new Date(window.to).toISOString(),
    bucket: window.bucket,
    zone: zone.wholeHours ? zone.name : 'UTC',
  };
  const by = search.model ? undefined : search.by;
  const [whole, askWhole] = useQuery({
    query: wholeTraffic,
    // A model is counted over all groups.
    variables: { ...variables, groupId: search.model ? undefined : groupId, model: search.model },
    pause: !ready || by !== undefined,
  });
  const [split, askSplit] = useQuery({
    query: splitTraffic,
    variables: { ...variables, by: dimensions[by ?? 'group'] },
    pause: !ready || by === undefined,
  });
  const [answer, ask] = by ? [split, askSplit] : [whole, askWhole];

  // biome-ignore lint/correctness/useExhaustiveDependencies: each minute, and whenever one looks again
  useEffect(() => {
    if (ready && visible && window.moving) ask({ requestPolicy: 'network-only' });
  }, [now, visible]);

  const series = by
    ? split.data?.trafficBy.map((s) => ({ name: s.name, points: readFragment(pointsFragment, s.points) }))
    : whole.data && [{ name: '', points: readFragment(pointsFragment, whole.data.traffic) }];
  const traffic: Traffic | undefined = series && { window, series, split: by !== undefined };
  const error: CombinedError | undefined = answer.error;
  return { traffic, error, retry: () => ask({ requestPolicy: 'network-only' }) };
}
