import { SegmentedControl, Textarea, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Panel } from '../../components/Panel';
import { Fault } from '../../components/States';
import { faultOf, isJson, type Override, type Overrides, rowsOf, textOf } from './overrides';
import classes from './Rows.module.css';
import { AddRow, RemoveRow } from './RowTools';
import { freshId } from './rows';

interface OverridesPanelProps {
  overrides: Overrides;
  fault?: string;
  onChange: (overrides: Overrides) => void;
}

/** Parameters that are set in every request, as rows or as the JSON they are. */
export function OverridesPanel({ overrides, fault, onChange }: OverridesPanelProps) {
  const { t } = useTranslation();
  const text = typeof overrides === 'string';
  const rows = text ? rowsOf(overrides) : overrides;
  return (
    <Panel
      title={t('shaping.overrides')}
      aside={
        <SegmentedControl
          size="xs"
          aria-label={t('shaping.view')}
          value={text ? 'json' : 'rows'}
          onChange={(view) => onChange(view === 'json' ? textOf(overrides) : (rows ?? overrides))}
          data={[
            { value: 'rows', label: t('shaping.rows'), disabled: rows === undefined },
            { value: 'json', label: 'JSON' },
          ]}
        />
      }
    >
      <p className={classes.note}>{t('shaping.overridesNote')}</p>
      {text ? <Text text={overrides} onChange={onChange} /> : <Rows rows={overrides} onChange={onChange} />}
      {fault && <Fault>{fault}</Fault>}
    </Panel>
  );
}

function Text({ text, onChange }: { text: string; onChange: (text: string) => void }) {
  const { t } = useTranslation();
  const wrong = faultOf(text);
  function said(): string | undefined {
    if (!wrong) return undefined;
    if (wrong.kind === 'notObject') return t('shaping.notObject');
    return wrong.line ? t('shaping.notJsonAt', { line: wrong.line, column: wrong.column }) : t('shaping.notJson');
  }
  return (
    <Textarea
      aria-label={t('shaping.overrides')}
      rows={Math.min(24, Math.max(6, text.split('\n').length + 1))}
      value={text}
      error={said()}
      onChange={(e) => onChange(e.currentTarget.value)}
      spellCheck={false}
      classNames={{ input: classes.mono }}
    />
  );
}

function Rows({ rows, onChange }: { rows: readonly Override[]; onChange: (rows: readonly Override[]) => void }) {
  const { t } = useTranslation();
  const change = (id: string, part: Partial<Override>) => onChange(rows.map((r) => (r.id === id ? { ...r, ...part } : r)));
  return (
    <>
      <ul className={classes.rows}>
        {rows.map((row) => (
          <li key={row.id} className={classes.row}>
            <div className={classes.fields}>
              <TextInput
                className={classes.half}
                label={t('shaping.parameter')}
                value={row.name}
                onChange={(e) => change(row.id, { name: e.currentTarget.value })}
                spellCheck={false}
                classNames={{ input: classes.mono }}
              />
              <TextInput
                className={classes.half}
                label={t('shaping.value')}
                value={row.raw}
                error={isJson(row.raw) ? undefined : t('shaping.notValue')}
                onChange={(e) => change(row.id, { raw: e.currentTarget.value })}
                spellCheck={false}
                classNames={{ input: classes.mono }}
              />
              <RemoveRow
                label={t('shaping.remove', { name: row.name || t('shaping.override') })}
                onClick={() => onChange(rows.filter((r) => r.id !== row.id))}
              />
            </div>
          </li>
        ))}
      </ul>
      <AddRow label={t('shaping.addOverride')} onClick={() => onChange([...rows, { id: freshId(rows), name: '', raw: '""' }])} />
    </>
  );
}
