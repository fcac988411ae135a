import { Switch, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { FragmentType } from '../../generated';
import classes from './Rows.module.css';
import { RemoveRow } from './RowTools';
import { ShareBar } from './ShareBar';
import { weightOf } from './shares';
import { UpstreamHealth, type upstreamHealth } from './UpstreamHealth';
import { UpstreamTest } from './UpstreamTest';

interface UpstreamRowProps {
  groupId: string;
  row: { url: string; weight: number; enabled: boolean };
  share: number;
  /** The upstream as the server has it; none while it is being added. */
  saved?: { url: string } & FragmentType<typeof upstreamHealth>;
  faults: { url?: string; weight?: string };
  onChange: (part: { url?: string; weight?: number; enabled?: boolean }) => void;
  onRemove: () => void;
}

/** One upstream: where it is, what it takes, and how it fares. */
export function UpstreamRow({ groupId, row, share, saved, faults, onChange, onRemove }: UpstreamRowProps) {
  const { t } = useTranslation();
  const name = row.url || t('upstreams.fresh');
  return (
    <li className={classes.row}>
      <div className={classes.fields}>
        <TextInput
          className={classes.wide}
          label={t('upstreams.url')}
          placeholder="https://"
          value={row.url}
          error={faults.url}
          onChange={(e) => onChange({ url: e.currentTarget.value })}
          inputMode="url"
          spellCheck={false}
          classNames={{ input: classes.mono }}
        />
        <TextInput
          className={classes.figure}
          label={t('upstreams.weight')}
          type="number"
          min={0}
          max={1000}
          value={String(row.weight)}
          error={faults.weight}
          onChange={(e) => onChange({ weight: weightOf(e.currentTarget.value) })}
        />
        <div className={classes.share}>
          <span className={classes.label}>{t('upstreams.share')}</span>
          <ShareBar share={share} />
        </div>
        <Switch
          className={classes.switch}
          checked={row.enabled}
          onChange={(e) => onChange({ enabled: e.currentTarget.checked })}
          label={row.enabled ? t('group.on') : t('groups.disabled')}
          aria-label={t('upstreams.enabled', { name })}
        />
        <RemoveRow label={t('upstreams.remove', { name })} onClick={onRemove} />
      </div>
      {saved && (
        <div className={classes.state}>
          <UpstreamHealth upstream={saved} />
          <UpstreamTest groupId={groupId} url={saved.url} />
        </div>
      )}
    </li>
  );
}
