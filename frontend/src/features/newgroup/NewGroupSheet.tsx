import { Button, Skeleton, Textarea, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useQuery } from 'urql';
import { LeaveGuard } from '../../components/LeaveGuard';
import { Snippet } from '../../components/Snippet';
import { Failed, Fault } from '../../components/States';
import { graphql } from '../../generated';
import { formFaults } from '../../lib/faults';
import { useFormat } from '../../lib/format';
import { readPaste } from '../../lib/keys';
import { CreationSteps } from './CreationSteps';
import { FirstRequest } from './FirstRequest';
import classes from './NewGroupSheet.module.css';
import { dialectOf, type Provider, ProviderCards, suggestedName } from './ProviderCards';
import { useCreation } from './useCreation';

const newGroupSheet = graphql(`
  query NewGroupSheet {
    dialects {
      dialect
      upstreamUrl
      testModel
    }
  }
`);

interface NewGroupSheetProps {
  /** Called with the name of the group made, once its maker has seen enough. */
  onDone: (name: string) => void;
  doneLabel: string;
}

/** Provider, keys, create; then a snippet that runs, and the first request as it arrives. */
export function NewGroupSheet({ onDone, doneLabel }: NewGroupSheetProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const [{ data, error, fetching }, refetch] = useQuery({ query: newGroupSheet });
  const [provider, setProvider] = useState<Provider>('OPENAI');
  const [typed, setTyped] = useState<{ name?: string; url?: string; testModel?: string }>({});
  const [keys, setKeys] = useState('');
  const [creation, run] = useCreation();

  if (error && !data) return <Failed error={error} onRetry={() => refetch({ requestPolicy: 'network-only' })} />;
  if (!data || (fetching && !data)) return <Loading />;

  const dialect = dialectOf(provider);
  const defaults = provider === 'CUSTOM' ? undefined : data.dialects.find((d) => d.dialect === dialect);
  const name = typed.name ?? suggestedName(provider);
  const url = typed.url ?? defaults?.upstreamUrl ?? '';
  const testModel = typed.testModel ?? defaults?.testModel ?? '';
  const paste = readPaste(keys);
  const faults = formFaults(t, creation.error, ['name', 'upstreams.0.url', 'testModel']);
  const group = creation.group;

  const unsaved = Object.values(typed).filter(Boolean).length + (keys.trim() === '' ? 0 : 1);

  function choose(next: Provider) {
    setProvider(next);
    setTyped({ name: typed.name });
  }

  function submit(event: FormEvent) {
    event.preventDefault();
    void run({ name, dialect, url, testModel, keys });
  }

  return (
    <div className={classes.sheet}>
      <form onSubmit={submit}>
        <ol className={classes.steps}>
          <li className={classes.step}>
            <h2>{t('newGroup.provider')}</h2>
            <fieldset className={classes.fields} disabled={Boolean(group)}>
              <legend className="hidden-text">{t('newGroup.provider')}</legend>
              <ProviderCards value={provider} onChange={choose} />
              <div className={classes.row}>
                <TextInput
                  label={t('newGroup.name')}
                  value={name}
                  onChange={(e) => setTyped({ ...typed, name: e.currentTarget.value })}
                  error={faults.fields.name}
                  spellCheck={false}
                />
                <TextInput
                  label={t('newGroup.url')}
                  placeholder="https://"
                  value={url}
                  onChange={(e) => setTyped({ ...typed, url: e.currentTarget.value })}
                  error={faults.fields['upstreams.0.url']}
                  spellCheck={false}
                  inputMode="url"
                />
                <TextInput
                  label={t('newGroup.testModel')}
                  value={testModel}
                  onChange={(e) => setTyped({ ...typed, testModel: e.currentTarget.value })}
                  error={faults.fields.testModel}
                  spellCheck={false}
                />
              </div>
            </fieldset>
          </li>
          <li className={classes.step}>
            <h2>{t('newGroup.keys')}</h2>
            <Textarea
              aria-label={t('newGroup.keys')}
              placeholder={t('import.placeholder')}
              rows={4}
              value={keys}
              onChange={(e) => setKeys(e.currentTarget.value)}
              readOnly={creation.imported !== undefined}
              autoComplete="off"
              spellCheck={false}
              classNames={{ input: classes.paste }}
            />
            <p className={classes.count} aria-live="polite">
              {paste.keys.length > 0 && t('import.fresh', { count: paste.keys.length, shown: format.number(paste.keys.length) })}
              {paste.repeated > 0 &&
                ` · ${t('import.repeated', { count: paste.repeated, shown: format.number(paste.repeated) })}`}
            </p>
          </li>
          <li className={classes.step}>
            <h2>{t('newGroup.create')}</h2>
            <CreationSteps creation={creation} />
            {faults.form && <Fault>{faults.form}</Fault>}
            {creation.at !== 'done' && (
              <Button type="submit" loading={creation.busy}>
                {creation.group ? t('newGroup.goOn') : t('newGroup.submit')}
              </Button>
            )}
          </li>
        </ol>
      </form>
      <LeaveGuard changes={creation.at === 'done' ? 0 : unsaved} />
      {creation.at === 'done' && group && (
        <section className={classes.after} aria-label={t('newGroup.snippet')}>
          <h2>{t('newGroup.snippet')}</h2>
          <Snippet
            groupId={group.id}
            groupName={group.name}
            dialect={group.dialect}
            endpoint={group.endpoint}
            model={group.testModel}
          />
          <FirstRequest group={group} />
          <div>
            <Button variant="default" onClick={() => onDone(group.name)}>
              {doneLabel}
            </Button>
          </div>
        </section>
      )}
    </div>
  );
}

function Loading() {
  const { t } = useTranslation();
  return (
    <div role="status" aria-label={t('loading')} className={classes.sheet}>
      <Skeleton height={208} mb={24} />
      <Skeleton height={144} mb={24} />
      <Skeleton height={80} />
    </div>
  );
}
