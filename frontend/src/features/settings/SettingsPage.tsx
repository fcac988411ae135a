import { Button, Skeleton, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useClient, useMutation, useQuery, useSubscription } from 'urql';
import { LeaveGuard } from '../../components/LeaveGuard';
import { PageHead, Panel } from '../../components/Panel';
import { SaveBar } from '../../components/SaveBar';
import { Empty, Failed } from '../../components/States';
import { graphql } from '../../generated';
import type { SettingsPageQuery } from '../../generated/graphql';
import { formFaults, isConflict } from '../../lib/faults';
import { type Draft, settingInput, useSettingWords } from '../../lib/settings';
import { useVisible } from '../../lib/useVisible';
import { SettingRow } from './SettingRow';
import classes from './SettingsPage.module.css';

const settingsPage = graphql(`
  query SettingsPage {
    settings {
      version
    }
    settingDefinitions {
      name
      category
      type
      label
      description
      default
      min
      max
      unit
    }
    settingValues {
      name
      value
      origin
      inherited
    }
  }
`);

const saveSettings = graphql(`
  mutation SaveSettings($input: SettingsInput!, $version: Int) {
    updateSettings(input: $input, expectedVersion: $version) {
      version
    }
  }
`);

const settingsChanged = graphql(`
  subscription SettingsChanged {
    configChanged {
      groupId
    }
  }
`);

type Definition = SettingsPageQuery['settingDefinitions'][number];
type Values = Readonly<Record<string, SettingsPageQuery['settingValues'][number]>>;

/** What the page showed when the first change was made: the version to save over, and the values to tell others' changes by. */
interface Seen {
  version: number;
  values: Values;
}

export interface SettingsFilter {
  q?: string;
  changed?: 1;
}

interface SettingsPageProps {
  filter: SettingsFilter;
  onFilter: (filter: SettingsFilter) => void;
}

export function SettingsPage({ filter, onFilter }: SettingsPageProps) {
  const { t } = useTranslation();
  const [{ data, error }, refetch] = useQuery({ query: settingsPage });
  const visible = useVisible();
  // What someone else saves is shown at once; beside a draft it is a conflict that the save bar tells.
  useSubscription(
    useMemo(() => ({ query: settingsChanged, pause: !visible }), [visible]),
    (_, change) => {
      if (change.configChanged.groupId === null) refetch({ requestPolicy: 'network-only' });
      return change;
    },
  );
  return (
    <>
      <PageHead title={t('nav.settings')}>
        <TextInput
          aria-label={t('settings.search')}
          placeholder={t('settings.search')}
          leftSection={<IconSearch size={16} />}
          value={filter.q ?? ''}
          onChange={(e) => onFilter({ ...filter, q: e.currentTarget.value || undefined })}
        />
        <Button
          variant={filter.changed ? 'filled' : 'default'}
          aria-pressed={filter.changed === 1}
          onClick={() => onFilter({ ...filter, changed: filter.changed ? undefined : 1 })}
        >
          {t('settings.changedOnly')}
        </Button>
      </PageHead>
      {!data && error && <Failed error={error} onRetry={() => refetch({ requestPolicy: 'network-only' })} />}
      {!data && !error && (
        <div role="status" aria-label={t('loading')}>
          <Skeleton height={480} />
        </div>
      )}
      {data && <Settings data={data} filter={filter} onClear={() => onFilter({})} />}
    </>
  );
}

interface SettingsProps {
  data: SettingsPageQuery;
  filter: SettingsFilter;
  onClear: () => void;
}

function Settings({ data, filter, onClear }: SettingsProps) {
  const { t } = useTranslation();
  const { words, shown } = useSettingWords();
  const client = useClient();
  const [draft, setDraft] = useState<Draft>({});
  const [seen, setSeen] = useState<Seen>();
  const [{ error, fetching }, save] = useMutation(saveSettings);
  const [saving, setSaving] = useState(false);

  const values: Values = Object.fromEntries(data.settingValues.map((v) => [v.name, v]));
  // Proxy keys have a page of their own.
  const definitions = data.settingDefinitions.filter((d) => d.type !== 'LIST');
  const typed = (d: Definition) => draft[d.name];
  const current = (d: Definition) => values[d.name]?.value ?? d.default;
  const isChange = (d: Definition) => typed(d) !== undefined && (typed(d) ?? d.default) !== current(d);
  const conflict = seen !== undefined && seen.version !== data.settings.version;
  const faults = formFaults(
    t,
    error && !isConflict(error) ? error : undefined,
    definitions.map((d) => d.name),
  );

  const changes = definitions.filter(isChange).map((d) => {
    const before = seen?.values[d.name]?.value ?? current(d);
    return {
      name: d.name,
      label: words(d).label,
      from: shown(d, before),
      to: shown(d, typed(d) ?? d.default),
      theirs: before === current(d) ? undefined : shown(d, current(d)),
    };
  });

  function change(name: string, value: string | null) {
    if (changes.length === 0) setSeen({ version: data.settings.version, values });
    setDraft({ ...draft, [name]: value });
  }

  function discard() {
    setDraft({});
    setSeen(undefined);
  }

  async function submit() {
    setSaving(true);
    // Each value has the type its definition names; the server checks it again.
    const entries: unknown[][] = definitions.filter(isChange).map((d) => [d.name, settingInput(d.type, typed(d) ?? null)]);
    const answer = await save({ input: Object.fromEntries(entries), version: data.settings.version });
    // What is there now is fetched before the draft goes, so that no field shows the old value in between.
    if (answer.data || (answer.error && isConflict(answer.error))) {
      await client.query(settingsPage, {}, { requestPolicy: 'network-only' }).toPromise();
    }
    if (answer.data) discard();
    setSaving(false);
  }

  const wanted = filter.q?.trim().toLowerCase() ?? '';
  const matching = definitions.filter((d) => {
    const text = `${d.name} ${words(d).label} ${words(d).what} ${words(d).category}`.toLowerCase();
    return text.includes(wanted) && (!filter.changed || current(d) !== d.default || isChange(d));
  });
  const categories = [...new Set(matching.map((d) => d.category))];

  return (
    <>
      {matching.length === 0 && (
        <Empty
          title={wanted ? t('settings.noMatch', { search: filter.q }) : t('settings.allDefault')}
          action={
            <Button variant="default" onClick={onClear}>
              {t('settings.all')}
            </Button>
          }
        />
      )}
      <div className={classes.categories}>
        {categories.map((category) => {
          const own = matching.filter((d) => d.category === category);
          return (
            <Panel key={category} title={own[0] && words(own[0]).category}>
              {own.map((d) => (
                <SettingRow
                  key={d.name}
                  definition={d}
                  words={words(d)}
                  value={typed(d) === undefined ? current(d) : (typed(d) ?? d.default)}
                  fallback={shown(d, d.default)}
                  origin={values[d.name]?.origin ?? 'DEFAULT'}
                  error={isChange(d) ? faults.fields[d.name] : undefined}
                  onChange={(value) => change(d.name, value)}
                />
              ))}
            </Panel>
          );
        })}
      </div>
      <SaveBar
        changes={changes}
        conflict={conflict}
        saving={saving || fetching}
        fault={faults.form}
        onSave={submit}
        onDiscard={discard}
      />
      <LeaveGuard changes={changes.length} />
    </>
  );
}
