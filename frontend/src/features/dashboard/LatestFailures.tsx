import { Skeleton } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useQuery } from 'urql';
import { OutcomeLamp } from '../../components/Outcome';
import { Panel } from '../../components/Panel';
import { Failed } from '../../components/States';
import { TimeAgo } from '../../components/TimeAgo';
import { graphql } from '../../generated';
import { failures } from '../../lib/outcomes';
import { unkept } from '../../lib/unkept';
import classes from './DashboardPage.module.css';

const latestFailures = graphql(`
  query LatestFailures($from: Time!, $outcomes: [Outcome!]!) {
    requestLogs(filter: { outcomes: $outcomes, attempt: FINAL, from: $from }, first: 5) {
      edges {
        node {
          id
          requestId
          time
          outcome
          statusCode
          groupName
          model
          method
          path
        }
      }
    }
  }
`);

const day = 86_400_000;

/** The five requests of the last day that ended badly, as they stood when the page opened. */
export function LatestFailures() {
  const { t } = useTranslation();
  const [from] = useState(() => new Date(Date.now() - day).toISOString());
  const [{ data, error }, refetch] = useQuery({
    query: latestFailures,
    variables: { from, outcomes: failures },
    context: unkept,
  });
  const latest = data?.requestLogs.edges.map((edge) => edge.node);
  const all = (
    <Link to="/requests" search={{ result: 'failed' }}>
      {t('dashboard.allFailures')}
    </Link>
  );
  return (
    <Panel title={t('dashboard.failures')} aside={all}>
      {error && !data && <Failed error={error} onRetry={() => refetch(unkept)} />}
      {!data && !error && <Skeleton height={180} />}
      {latest?.length === 0 && <p className={classes.quiet}>{t('dashboard.noFailures')}</p>}
      <ul className={classes.rows}>
        {latest?.map((f) => (
          <li key={f.id}>
            <OutcomeLamp outcome={f.outcome} statusCode={f.statusCode} />
            <span className={classes.what}>
              <Link to="/requests/$requestId" params={{ requestId: f.requestId }} search={{ result: 'failed' }}>
                <code>{f.model || `${f.method} ${f.path}`}</code>
              </Link>{' '}
              <span className={classes.quiet}>{f.groupName}</span>
            </span>
            <TimeAgo at={f.time} />
          </li>
        ))}
      </ul>
    </Panel>
  );
}
