import { Switch, TextInput } from '@mantine/core';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import { Panel } from '../../components/Panel';
import classes from './Rows.module.css';
import { AddRow, RemoveRow } from './RowTools';
import { freshId } from './rows';
import type { Redirect } from './shaping';

interface RedirectsProps {
  redirects: readonly Redirect[];
  strict: boolean;
  /** Names to suggest. */
  models: readonly string[];
  faults: Record<string, string>;
  onChange: (part: { redirects?: readonly Redirect[]; strict?: boolean }) => void;
}

/** The model a client names, and the one the upstream is asked for instead. */
export function Redirects({ redirects, strict, models, faults, onChange }: RedirectsProps) {
  const { t } = useTranslation();
  const list = useId();
  const change = (id: string, part: Partial<Redirect>) =>
    onChange({ redirects: redirects.map((r) => (r.id === id ? { ...r, ...part } : r)) });
  return (
    <Panel title={t('shaping.redirects')}>
      <p className={classes.note}>{t('shaping.redirectsNote')}</p>
      <datalist id={list}>
        {models.map((model) => (
          <option key={model} value={model} />
        ))}
      </datalist>
      <ul className={classes.rows}>
        {redirects.map((r, i) => (
          <li key={r.id} className={classes.row}>
            <div className={classes.fields}>
              <TextInput
                className={classes.half}
                label={t('shaping.from')}
                list={list}
                value={r.from}
                error={faults[`modelRedirects.${i}.from`]}
                onChange={(e) => change(r.id, { from: e.currentTarget.value })}
                spellCheck={false}
                classNames={{ input: classes.mono }}
              />
              <TextInput
                className={classes.half}
                label={t('shaping.to')}
                value={r.to}
                error={faults[`modelRedirects.${i}.to`]}
                onChange={(e) => change(r.id, { to: e.currentTarget.value })}
                spellCheck={false}
                classNames={{ input: classes.mono }}
              />
              <RemoveRow
                label={t('shaping.remove', { name: r.from || t('shaping.redirect') })}
                onClick={() => onChange({ redirects: redirects.filter((x) => x.id !== r.id) })}
              />
            </div>
          </li>
        ))}
      </ul>
      <div className={classes.foot}>
        <AddRow
          label={t('shaping.addRedirect')}
          onClick={() => onChange({ redirects: [...redirects, { id: freshId(redirects), from: '', to: '' }] })}
        />
        <Switch
          checked={strict}
          onChange={(e) => onChange({ strict: e.currentTarget.checked })}
          label={t('shaping.strict')}
          description={t('shaping.strictNote')}
        />
      </div>
    </Panel>
  );
}
