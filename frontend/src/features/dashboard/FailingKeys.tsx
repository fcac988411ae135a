import { Skeleton } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useQuery } from 'urql';
import { Lamp, type LampState } from '../../components/Lamp';
import { Panel } from '../../components/Panel';
import { Failed } from '../../components/States';
import { graphql } from '../../generated';
import type { FailingKeysQuery } from '../../generated/graphql';
import { useFormat } from '../../lib/format';
import { unkept } from '../../lib/unkept';
import { useNow } from '../../lib/useNow';
import { useVisible } from '../../lib/useVisible';
import classes from './DashboardPage.module.css';
import type { DashboardSearch } from './search';
import { listWindowOf } from './window';

const failingKeys = graphql(`
  query FailingKeys($groupId: ID, $since: Time!) {
    failingKeys(groupId: $groupId, since: $since, first: 5) {
      failures
      lastStatusCode
      key {
        id
        masked
        fingerprint
        status
        coolingUntil
        reason
        group {
          id
          name
        }
      }
    }
  }
`);

type FailingKey = FailingKeysQuery['failingKeys'][number]['key'];

function lampOf(key: FailingKey): LampState {
  if (key.status === 'INVALID') return 'invalid';
  if (key.status === 'DISABLED') return 'disabled';
  return key.coolingUntil ? 'cooling' : 'living';
}

/** The keys that were charged most, each with the cause and the provider's own words. */
export function FailingKeys({
  search,
  groupId,
  ready,
}: {
  search: DashboardSearch;
  groupId: string | undefined;
  ready: boolean;
}) {
  const { t } = useTranslation();
  const format = useFormat();
  const [from] = listWindowOf(search, useNow(60_000));
  const since = new Date(from).toISOString();
  const visible = useVisible();
  const [{ data, error }, ask] = useQuery({
    query: failingKeys,
    variables: { groupId, since },
    pause: !ready || !visible,
    context: unkept,
  });
  return (
    <Panel title={t('dashboard.failingKeys')}>
      {!data && error && <Failed error={error} onRetry={() => ask(unkept)} />}
      {!data && !error && <Skeleton height={180} />}
      {data?.failingKeys.length === 0 && <p className={classes.quiet}>{t('dashboard.noFailingKeys')}</p>}
      <ul className={classes.rows}>
        {data?.failingKeys.map(({ key, failures, lastStatusCode }) => (
          <li key={key.id}>
            <Lamp state={lampOf(key)}>{t(`lamp.${lampOf(key) as Exclude<LampState, 'failing'>}`)}</Lamp>
            <span className={classes.what}>
              <Link to="/requests" search={{ from: since, key: key.fingerprint, charged: 'KEY' }}>
                <code>{key.masked}</code>
              </Link>{' '}
              <span className={classes.quiet}>{key.group.name}</span>
            </span>
            <span className={classes.cause} title={key.reason}>
              {[lastStatusCode, key.reason].filter(Boolean).join(' · ')}
            </span>
            <span className={classes.count}>{t('dashboard.charges', { count: failures, shown: format.number(failures) })}</span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
