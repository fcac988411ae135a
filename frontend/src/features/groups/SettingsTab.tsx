import { useTranslation } from 'react-i18next';
import { useClient, useQuery } from 'urql';
import { Loaded } from '../../components/Loaded';
import { graphql } from '../../generated';
import type { SettingsTabQuery } from '../../generated/graphql';
import { useSettingWords } from '../../lib/settings';
import type { Lines } from './changes';
import { EditBar } from './EditBar';
import { type GroupSettings, identityFields, settingsInput, settingsOf } from './groupSettings';
import { Identity } from './Identity';
import { OverrideRows } from './OverrideRows';
import classes from './Rows.module.css';
import { useGroupEdit } from './useGroupEdit';

const settingsTab = graphql(`
  query SettingsTab($id: ID!) {
    group(id: $id) {
      id
      version
      kind
      name
      displayName
      description
      testModel
      validationPath
      keyCarrier
      values {
        name
        value
        origin
        inherited
      }
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
      groupOverride
    }
  }
`);

interface SettingsTabProps {
  group: { id: string };
  /** Called when the group has another name, and so another address. */
  onRenamed: (name: string) => void;
}

/** What the group is called, and which settings are its own. */
export function SettingsTab({ group, onRenamed }: SettingsTabProps) {
  const query = useQuery({ query: settingsTab, variables: { id: group.id } });
  return (
    <Loaded query={query} height={480}>
      {(data) => <SettingsForm data={data} onRenamed={onRenamed} />}
    </Loaded>
  );
}

function SettingsForm({ data, onRenamed }: { data: SettingsTabQuery; onRenamed: (name: string) => void }) {
  const { group, settingDefinitions } = data;
  if (!group) return null;
  const inForce = new Set(group.values.map((v) => v.name));
  const definitions = settingDefinitions.filter((d) => d.groupOverride && inForce.has(d.name));
  return <GroupForm key={group.id} group={group} definitions={definitions} onRenamed={onRenamed} />;
}

interface GroupFormProps {
  group: NonNullable<SettingsTabQuery['group']>;
  definitions: SettingsTabQuery['settingDefinitions'];
  onRenamed: (name: string) => void;
}

function GroupForm({ group, definitions, onRenamed }: GroupFormProps) {
  const { t } = useTranslation();
  const client = useClient();
  const { words, shown } = useSettingWords();
  const edit = useGroupEdit<GroupSettings>({
    id: group.id,
    version: group.version,
    value: settingsOf(group),
    lines,
    input: (now, before) => settingsInput(definitions, now, before),
    fields: () => [...identityFields, ...definitions.map((d) => `overrides.${d.name}`)],
    async reload() {
      const { data } = await client.query(settingsTab, { id: group.id }, { requestPolicy: 'network-only' }).toPromise();
      return data?.group ? { version: data.group.version, value: settingsOf(data.group) } : undefined;
    },
    onSaved: (name) => name !== group.name && onRenamed(name),
  });

  function lines(s: GroupSettings): Lines {
    return Object.fromEntries([
      ...identityFields.map((field) => [
        field,
        {
          label: t(`identity.${field}`),
          text: field === 'keyCarrier' ? t(`identity.carrier.${s.keyCarrier}`) : s[field] || t('settings.emptyValue'),
        },
      ]),
      ...definitions
        .filter((d) => s.overrides[d.name] !== undefined)
        .map((d) => [d.name, { label: words(d).label, text: shown(d, s.overrides[d.name] ?? '') }]),
    ]);
  }

  return (
    <div className={classes.stack}>
      <Identity
        value={edit.value}
        aggregate={group.kind === 'AGGREGATE'}
        faults={edit.faults}
        onChange={(part) => edit.change({ ...edit.value, ...part })}
      />
      <OverrideRows
        definitions={definitions}
        values={group.values}
        overrides={edit.value.overrides}
        faults={edit.faults}
        onChange={(overrides) => edit.change({ ...edit.value, overrides })}
      />
      <EditBar bar={edit.bar} />
    </div>
  );
}
