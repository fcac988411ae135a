import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { CopyButton } from '../../components/CopyButton';
import { TimeAgo } from '../../components/TimeAgo';
import { type FragmentType, graphql, readFragment } from '../../generated';
import { useFormat } from '../../lib/format';
import classes from './KeyDrawer.module.css';
import { Cooling, StateLamp } from './KeyRow';

const factsFragment = graphql(`
  fragment KeyFacts_key on Key {
    id
    masked
    fingerprint
    status
    coolingUntil
    coolingModels {
      model
      until
    }
    fault
    reason
    lastStatusCode
    lastFailedAt
    requestCount
    failureCount
    consecutiveFailures
    lastUsedAt
    createdAt
  }
`);

/** How a key stands and what it did. */
export function KeyFacts({ of }: { of: FragmentType<typeof factsFragment> }) {
  const { t } = useTranslation();
  const format = useFormat();
  const key = readFragment(factsFragment, of);
  return (
    <dl className={classes.facts}>
      <Fact name={t('keys.column.state')}>
        {key.status === 'ACTIVE' && key.coolingUntil !== null ? (
          <Cooling until={key.coolingUntil} />
        ) : (
          <StateLamp status={key.status} />
        )}
      </Fact>
      {key.coolingModels.length > 0 && (
        <Fact name={t('key.coolingModels')}>
          <ul className={classes.models}>
            {key.coolingModels.map((m) => (
              <li key={m.model}>
                <code>{m.model}</code> <Cooling until={m.until} />
              </li>
            ))}
          </ul>
        </Fact>
      )}
      {key.fault !== 'NONE' && (
        <Fact name={t('keys.column.cause')}>
          {t(`keyFault.${key.fault}`)}
          {key.lastStatusCode !== null && ` · ${key.lastStatusCode}`}
        </Fact>
      )}
      {key.reason && (
        <Fact name={t('key.reason')}>
          <q className={classes.words}>{key.reason}</q>
        </Fact>
      )}
      {key.lastFailedAt !== null && (
        <Fact name={t('key.lastFailed')}>
          <TimeAgo at={key.lastFailedAt} />
        </Fact>
      )}
      <Fact name={t('key.charges')}>{format.number(key.consecutiveFailures)}</Fact>
      <Fact name={t('keys.column.requests')}>
        {t('key.requestsFailed', {
          count: key.requestCount,
          shown: format.number(key.requestCount),
          failed: format.number(key.failureCount),
        })}{' '}
        <Link to="/requests" search={{ key: key.fingerprint }}>
          {t('key.itsRequests')}
        </Link>
      </Fact>
      <Fact name={t('keys.column.used')}>{key.lastUsedAt === null ? t('keys.never') : <TimeAgo at={key.lastUsedAt} />}</Fact>
      <Fact name={t('keys.column.made')}>
        <TimeAgo at={key.createdAt} />
      </Fact>
      <Fact name={t('key.fingerprint')}>
        <span className={classes.print}>
          <code>{key.fingerprint}</code>
          <CopyButton value={key.fingerprint} label={t('key.copyFingerprint')} />
        </span>
      </Fact>
    </dl>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
