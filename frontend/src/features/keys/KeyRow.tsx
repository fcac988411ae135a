import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import { Lamp } from '../../components/Lamp';
import { useFormat } from '../../lib/format';
import { useTimes } from '../../lib/times';
import { useNow } from '../../lib/useNow';
import classes from './KeyTable.module.css';
import { NotesCell } from './NotesCell';
import type { KeyRow as Row } from './useKeyList';

interface KeyRowProps {
  row: Row;
  index: number;
  href: string;
  selected: boolean;
  /** Whether Tab leads here. */
  active: boolean;
  gone: string | undefined;
}

/** One key. What is clicked in it is told to the table, which knows the row by its index. */
export const KeyRow = memo(function KeyRow({ row, index, href, selected, active, gone }: KeyRowProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const tabIndex = active ? 0 : -1;
  return (
    <tr
      aria-rowindex={index + 2}
      data-index={index}
      className={classes.row}
      data-selected={selected || undefined}
      data-gone={gone && ''}
    >
      <td className={classes.check}>
        <input
          type="checkbox"
          checked={selected}
          readOnly
          tabIndex={tabIndex}
          aria-label={t('keys.select', { key: row.masked })}
        />
      </td>
      <th scope="row" className={classes.key}>
        <a href={href} tabIndex={tabIndex}>
          {row.masked}
        </a>
      </th>
      <td className={classes.print}>{row.fingerprint}</td>
      <td className={classes.state}>{gone ? <span className={classes.goneWord}>{gone}</span> : <State row={row} />}</td>
      <td className={classes.cause} title={row.reason || undefined}>
        {row.fault !== 'NONE' && <span>{t(`keyFault.${row.fault}`)}</span>}
        {row.lastStatusCode !== null && <span className={classes.code}>{row.lastStatusCode}</span>}
      </td>
      <td className={classes.requests}>
        {format.number(row.requestCount)}
        <span className={classes.unit}> {t('keys.requestsUnit', { count: row.requestCount })}</span>
      </td>
      <td className={classes.failures} data-some={row.failureCount > 0 || undefined}>
        {format.number(row.failureCount)}
      </td>
      <td className={classes.used}>
        <Ago at={row.lastUsedAt} />
      </td>
      <td className={classes.made}>
        <Ago at={row.createdAt} />
      </td>
      <NotesCell id={row.id} masked={row.masked} notes={row.notes} tabIndex={tabIndex} />
    </tr>
  );
});

function State({ row }: { row: Row }) {
  if (row.status === 'ACTIVE' && row.coolingUntil !== null) return <Cooling until={row.coolingUntil} />;
  return <StateLamp status={row.status} />;
}

export function StateLamp({ status }: { status: Row['status'] }) {
  const { t } = useTranslation();
  const state = { ACTIVE: 'living', INVALID: 'invalid', DISABLED: 'disabled' } as const;
  return <Lamp state={state[status]}>{t(`lamp.${state[status]}`)}</Lamp>;
}

/** Until a rate limit has passed; then the key is living again without anybody saying so. */
export function Cooling({ until }: { until: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const left = Date.parse(until) - useNow(1000);
  if (left <= 0) return <StateLamp status="ACTIVE" />;
  return (
    <Lamp state="cooling">
      <span title={format.exact(new Date(until))}>
        {t('keys.coolingFor', { time: format.duration(Math.ceil(left / 1000) * 1000) })}
      </span>
    </Lamp>
  );
}

/** As TimeAgo, without a tooltip of its own: a window of rows has a hundred of them. */
function Ago({ at }: { at: string | null }) {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow(30_000);
  const exact = useTimes() === 'exact';
  if (at === null) return <span className={classes.never}>{t('keys.never')}</span>;
  const date = new Date(at);
  const ago = format.ago(date, Math.max(now, date.getTime()));
  return (
    <time dateTime={at} title={exact ? ago : format.exact(date)}>
      {exact ? format.stamp(date, now) : ago}
    </time>
  );
}
