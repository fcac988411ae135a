import { Button, Skeleton } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useQuery } from 'urql';
import { PageHead } from '../../components/Panel';
import { Empty, Failed } from '../../components/States';
import { graphql } from '../../generated';
import type { DashboardPageQuery } from '../../generated/graphql';
import { Breakdowns } from './Breakdowns';
import classes from './DashboardPage.module.css';
import { FailingKeys } from './FailingKeys';
import { LatestFailures } from './LatestFailures';
import { LiveStrip } from './LiveStrip';
import { Standing } from './Standing';
import type { DashboardSearch } from './search';
import { TrafficPanel } from './TrafficPanel';
import { useLive } from './useLive';
import { Warnings } from './Warnings';

const dashboardPage = graphql(`
  query DashboardPage {
    dashboard {
      groups
      keyCounts {
        total
        active
        invalid
        ...KeyBar_counts
      }
      warnings {
        code
        ...Warnings_warning
      }
    }
  }
`);

const groupNamed = graphql(`
  query DashboardGroup($name: String!) {
    group(name: $name) {
      id
    }
  }
`);

interface DashboardPageProps {
  search: DashboardSearch;
  /** What narrows is pushed, so that Back widens again; a look at the same thing from elsewhere replaces. */
  onSearch: (change: Partial<DashboardSearch>, how: 'push' | 'replace') => void;
  /** What stands here while there is no group; it ends itself, since it outlives the group's making. */
  firstRun: (onDone: () => void) => ReactNode;
}

export function DashboardPage({ search, onSearch, firstRun }: DashboardPageProps) {
  const { t } = useTranslation();
  const [{ data, error }, refetch] = useQuery({ query: dashboardPage });
  const [running, setRunning] = useState(false);
  const reload = () => refetch({ requestPolicy: 'network-only' });
  if (data?.dashboard.groups === 0 && !running) setRunning(true);

  function finish() {
    setRunning(false);
    reload();
  }

  if (running) {
    return (
      <>
        <PageHead title={t('newGroup.welcome')} note={t('newGroup.welcomeNote')} />
        {firstRun(finish)}
      </>
    );
  }
  if (error && !data) {
    return (
      <>
        <PageHead title={t('nav.dashboard')} />
        <Failed error={error} onRetry={reload} />
      </>
    );
  }
  if (!data) return <Loading />;
  return <Instruments key={search.group} dashboard={data.dashboard} search={search} onSearch={onSearch} />;
}

type InstrumentsProps = Omit<DashboardPageProps, 'firstRun'> & { dashboard: DashboardPageQuery['dashboard'] };

function Instruments({ dashboard, search, onSearch }: InstrumentsProps) {
  const { t } = useTranslation();
  const [{ data: named }] = useQuery({
    query: groupNamed,
    variables: { name: search.group ?? '' },
    pause: search.group === undefined,
  });
  const groupId = search.group === undefined ? undefined : named?.group?.id;
  const ready = search.group === undefined || groupId !== undefined;
  const gone = search.group !== undefined && named !== undefined && !named.group;
  const live = useLive(groupId, ready);
  const now = live.at(-1);
  const keys = now?.keyCounts ?? dashboard.keyCounts;
  const scope = { search, groupId, ready };
  if (gone) {
    return (
      <>
        <PageHead title={t('nav.dashboard')} />
        <Empty
          title={t('group.gone', { name: search.group })}
          action={
            <Button variant="default" onClick={() => onSearch({ group: undefined }, 'replace')}>
              {t('dashboard.allGroups')}
            </Button>
          }
        />
      </>
    );
  }
  return (
    <>
      <PageHead title={t('nav.dashboard')} note={<Standing keys={keys} live={now} />} />
      <div className={classes.page}>
        <Warnings warnings={dashboard.warnings} />
        <LiveStrip live={live} keys={keys} />
        <TrafficPanel {...scope} onSearch={onSearch} />
        <Breakdowns {...scope} onSearch={onSearch} />
        <div className={classes.columns}>
          <FailingKeys {...scope} />
          <LatestFailures />
        </div>
      </div>
    </>
  );
}

function Loading() {
  const { t } = useTranslation();
  return (
    <div role="status" aria-label={t('loading')}>
      <PageHead title={t('nav.dashboard')} />
      <div className={classes.page}>
        <Skeleton height={120} />
        <Skeleton height={420} />
        <div className={classes.lists}>
          <Skeleton height={280} />
          <Skeleton height={280} />
          <Skeleton height={280} />
        </div>
      </div>
    </div>
  );
}
