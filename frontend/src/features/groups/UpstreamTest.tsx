import { Button } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type CombinedError, useClient } from 'urql';
import { Lamp } from '../../components/Lamp';
import { graphql } from '../../generated';
import type { TestUpstreamMutation } from '../../generated/graphql';
import { sentence } from '../../lib/faults';
import { useFormat } from '../../lib/format';
import classes from './Rows.module.css';

const keyToTestWith = graphql(`
  query KeyToTestWith($groupId: ID!) {
    used: keys(groupId: $groupId, filter: { statusIn: [ACTIVE] }, order: RECENTLY_USED, first: 1) {
      edges {
        node {
          id
        }
      }
    }
    newest: keys(groupId: $groupId, filter: { statusIn: [ACTIVE] }, first: 1) {
      edges {
        node {
          id
        }
      }
    }
  }
`);

const testUpstream = graphql(`
  mutation TestUpstream($id: ID!, $upstream: String!) {
    validateKey(id: $id, upstream: $upstream) {
      ok
      statusCode
      message
      durationMs
      key {
        masked
      }
    }
  }
`);

type Seen = { verdict: TestUpstreamMutation['validateKey'] } | { error: CombinedError } | { noKey: true };

/** Asks one upstream as a validation would, with the living key that was used last, or with the newest where none was. */
export function UpstreamTest({ groupId, url }: { groupId: string; url: string }) {
  const { t } = useTranslation();
  const client = useClient();
  const [busy, setBusy] = useState(false);
  const [seen, setSeen] = useState<Seen>();

  async function ask(): Promise<Seen> {
    const found = await client.query(keyToTestWith, { groupId }, { requestPolicy: 'network-only' }).toPromise();
    if (found.error) return { error: found.error };
    const [edge] = [...(found.data?.used.edges ?? []), ...(found.data?.newest.edges ?? [])];
    const id = edge?.node.id;
    if (!id) return { noKey: true };
    const { data, error } = await client.mutation(testUpstream, { id, upstream: url }).toPromise();
    if (data) return { verdict: data.validateKey };
    return error ? { error } : { noKey: true };
  }

  async function test() {
    setBusy(true);
    setSeen(await ask());
    setBusy(false);
  }

  return (
    <span className={classes.test} role="status">
      {seen && <Answer seen={seen} />}
      <Button size="xs" variant="default" loading={busy} onClick={test} aria-label={t('upstreams.testOne', { url })}>
        {t('upstreams.test')}
      </Button>
    </span>
  );
}

function Answer({ seen }: { seen: Seen }) {
  const { t } = useTranslation();
  const format = useFormat();
  if ('noKey' in seen) return <Lamp state="disabled">{t('upstreams.noKey')}</Lamp>;
  if ('error' in seen) return <span className={classes.reason}>{sentence(t, seen.error)}</span>;
  const { ok, statusCode, message, durationMs, key } = seen.verdict;
  const status = statusCode ? String(statusCode) : '';
  return (
    <span className={classes.health}>
      <Lamp state={ok ? 'living' : 'failing'}>
        {t('upstreams.answered', { status, time: format.duration(durationMs), key: key.masked }).trim()}
      </Lamp>
      {!ok && <span className={classes.reason}>{message}</span>}
    </span>
  );
}
