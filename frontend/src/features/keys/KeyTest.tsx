import { Button, NativeSelect, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMutation, useQuery } from 'urql';
import { Lamp } from '../../components/Lamp';
import { Fault } from '../../components/States';
import { graphql } from '../../generated';
import type { TestKeyMutation } from '../../generated/graphql';
import { sentence } from '../../lib/faults';
import { useFormat } from '../../lib/format';
import classes from './KeyDrawer.module.css';

const choices = graphql(`
  query KeyTestChoices($groupId: ID!) {
    group(id: $groupId) {
      id
      testModel
      upstreams {
        url
      }
    }
  }
`);

const testKey = graphql(`
  mutation TestKey($id: ID!, $upstream: String, $model: String) {
    validateKey(id: $id, upstream: $upstream, model: $model) {
      ok
      statusCode
      durationMs
      upstream
      message
      key {
        ...KeyRow_key
      }
    }
  }
`);

interface KeyTestProps {
  id: string;
  groupId: string;
  onTested: () => void;
}

/** Asks the provider with this key, and shows what it said. */
export function KeyTest({ id, groupId, onTested }: KeyTestProps) {
  const { t } = useTranslation();
  const [{ data }] = useQuery({ query: choices, variables: { groupId } });
  const [tested, test] = useMutation(testKey);
  const [upstream, setUpstream] = useState('');
  const [model, setModel] = useState('');
  const upstreams = data?.group?.upstreams.map((u) => u.url) ?? [];

  async function run() {
    await test({ id, upstream: upstream || null, model: model.trim() || null });
    onTested();
  }

  return (
    <section className={classes.test} aria-label={t('key.test')}>
      <div className={classes.how}>
        <TextInput
          size="xs"
          label={t('key.testModel')}
          placeholder={data?.group?.testModel}
          value={model}
          onChange={(e) => setModel(e.currentTarget.value)}
          spellCheck={false}
        />
        {upstreams.length > 1 && (
          <NativeSelect
            size="xs"
            label={t('key.upstream')}
            value={upstream}
            onChange={(e) => setUpstream(e.currentTarget.value)}
            data={[{ value: '', label: t('key.anyUpstream') }, ...upstreams.map((value) => ({ value, label: value }))]}
          />
        )}
        <Button size="xs" loading={tested.fetching} onClick={run}>
          {t('key.test')}
        </Button>
      </div>
      <div role="status">{tested.data && <Verdict verdict={tested.data.validateKey} />}</div>
      {tested.error && <Fault>{sentence(t, tested.error)}</Fault>}
    </section>
  );
}

function Verdict({ verdict }: { verdict: TestKeyMutation['validateKey'] }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <div className={classes.verdict}>
      <p className={classes.figures}>
        {verdict.ok ? <Lamp state="living">{t('key.answered')}</Lamp> : <Lamp state="invalid">{t('key.refused')}</Lamp>}
        {verdict.statusCode !== null && <b>{verdict.statusCode}</b>}
        <span>{format.duration(verdict.durationMs)}</span>
        <code>{verdict.upstream}</code>
      </p>
      {verdict.message && <q className={classes.words}>{verdict.message}</q>}
    </div>
  );
}
