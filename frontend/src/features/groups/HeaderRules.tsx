import { NativeSelect, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Panel } from '../../components/Panel';
import classes from './Rows.module.css';
import { AddRow, RemoveRow } from './RowTools';
import { freshId } from './rows';
import type { HeaderRule } from './shaping';

/** What a value may hold; the gateway fills it in at every request. */
const variables = ['CLIENT_IP', 'GROUP_NAME', 'API_KEY', 'TIMESTAMP_MS', 'TIMESTAMP_S'].map((name) => `\${${name}}`);

interface HeaderRulesProps {
  rules: readonly HeaderRule[];
  faults: Record<string, string>;
  onChange: (rules: readonly HeaderRule[]) => void;
}

/** Headers that are set or removed last, before the upstream is asked. */
export function HeaderRules({ rules, faults, onChange }: HeaderRulesProps) {
  const { t } = useTranslation();
  const change = (id: string, part: Partial<HeaderRule>) => onChange(rules.map((r) => (r.id === id ? { ...r, ...part } : r)));
  return (
    <Panel title={t('shaping.headers')}>
      <p className={classes.note}>
        {t('shaping.headersNote')} <code>{variables.join(' ')}</code>
      </p>
      <ul className={classes.rows}>
        {rules.map((rule, i) => (
          <li key={rule.id} className={classes.row}>
            <div className={classes.fields}>
              <NativeSelect
                className={classes.kind}
                label={t('shaping.action')}
                value={rule.action}
                onChange={(e) => change(rule.id, { action: e.currentTarget.value === 'REMOVE' ? 'REMOVE' : 'SET', kept: false })}
                data={[
                  { value: 'SET', label: t('shaping.set') },
                  { value: 'REMOVE', label: t('shaping.removes') },
                ]}
              />
              <TextInput
                className={classes.half}
                label={t('shaping.header')}
                value={rule.name}
                error={faults[`headerRules.${i}.name`]}
                onChange={(e) => change(rule.id, { name: e.currentTarget.value, kept: false })}
                autoComplete="off"
                spellCheck={false}
                classNames={{ input: classes.mono }}
              />
              {rule.action === 'SET' && (
                <TextInput
                  className={classes.half}
                  label={t('shaping.value')}
                  value={rule.value}
                  placeholder={rule.kept ? t('shaping.kept') : undefined}
                  error={faults[`headerRules.${i}.value`]}
                  onChange={(e) => change(rule.id, { value: e.currentTarget.value, kept: false })}
                  autoComplete="off"
                  spellCheck={false}
                  classNames={{ input: classes.mono }}
                />
              )}
              <RemoveRow
                label={t('shaping.remove', { name: rule.name || t('shaping.header') })}
                onClick={() => onChange(rules.filter((r) => r.id !== rule.id))}
              />
            </div>
          </li>
        ))}
      </ul>
      <AddRow
        label={t('shaping.addHeader')}
        onClick={() => onChange([...rules, { id: freshId(rules), action: 'SET', name: '', value: '', kept: false }])}
      />
    </Panel>
  );
}
