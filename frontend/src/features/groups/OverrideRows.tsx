import { Button, NativeSelect } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Panel } from '../../components/Panel';
import { SettingField } from '../../components/SettingField';
import type { SettingsTabQuery } from '../../generated/graphql';
import { useSettingWords } from '../../lib/settings';
import classes from './SettingsTab.module.css';

interface OverrideRowsProps {
  definitions: SettingsTabQuery['settingDefinitions'];
  values: NonNullable<SettingsTabQuery['group']>['values'];
  overrides: Readonly<Record<string, string>>;
  faults: Record<string, string>;
  onChange: (overrides: Readonly<Record<string, string>>) => void;
}

/** The settings that are the group's own, each beside the value it would inherit. */
export function OverrideRows({ definitions, values, overrides, faults, onChange }: OverrideRowsProps) {
  const { t } = useTranslation();
  const { words, shown } = useSettingWords();
  const inherited = (name: string) => values.find((v) => v.name === name)?.inherited ?? '';
  const own = definitions.filter((d) => overrides[d.name] !== undefined);
  const free = definitions.filter((d) => overrides[d.name] === undefined);

  function inherit(name: string) {
    const { [name]: _, ...rest } = overrides;
    onChange(rest);
  }

  return (
    <Panel title={t('overrides.title')}>
      <p className={classes.note}>{t(own.length > 0 ? 'overrides.note' : 'overrides.none')}</p>
      <div className={classes.rows}>
        {own.map((d) => (
          <div key={d.name} className={classes.row}>
            <SettingField
              definition={d}
              words={words(d)}
              value={overrides[d.name] ?? ''}
              error={faults[`overrides.${d.name}`]}
              onChange={(value) => onChange({ ...overrides, [d.name]: value })}
            />
            <div className={classes.aside}>
              <span>{t('overrides.inherited', { value: shown(d, inherited(d.name)) })}</span>
              <Button
                size="xs"
                variant="subtle"
                aria-label={t('overrides.inheritOne', { name: words(d).label })}
                onClick={() => inherit(d.name)}
              >
                {t('overrides.inherit')}
              </Button>
            </div>
          </div>
        ))}
      </div>
      <NativeSelect
        className={classes.add}
        aria-label={t('overrides.add')}
        value=""
        onChange={(e) => {
          const name = e.currentTarget.value;
          if (name) onChange({ ...overrides, [name]: inherited(name) });
        }}
        data={[
          { value: '', label: t('overrides.add') },
          ...free.map((d) => ({ value: d.name, label: `${words(d).category}: ${words(d).label}` })),
        ]}
      />
    </Panel>
  );
}
