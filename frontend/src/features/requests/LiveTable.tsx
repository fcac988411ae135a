import { Button } from '@mantine/core';
import { IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react';
import { useEffect, useEffectEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Empty, Failed } from '../../components/States';
import { useFormat } from '../../lib/format';
import type { Column } from './columns';
import { RequestRow } from './RequestRow';
import classes from './RequestsPage.module.css';
import { RequestTable } from './RequestTable';
import table from './RequestTable.module.css';
import { filterOf, type RequestsSearch } from './search';
import { useHold } from './useHold';
import { type Tail, type TailRow, useTail } from './useTail';

/** Where more rows come at once than an eye can follow, a fade says nothing, and drawing it is a third of what the tail costs. */
const few = 8;

interface LiveTableProps {
  search: RequestsSearch;
  shown: readonly Column[];
  onSearch: (change: Partial<RequestsSearch>, how: 'replace' | 'push') => void;
}

/** The tail. Whoever reads holds it still; it goes on counting. */
export function LiveTable({ search, shown, onSearch }: LiveTableProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const tail = useTail(filterOf(search));
  const { held, toggle, rest } = useHold(tail);
  const { rows } = held ?? tail;
  const since = held ? Math.max(0, tail.matched - held.matched) : 0;
  const came = t('requests.came', {
    count: tail.matched,
    shown: format.number(tail.matched),
    failed: format.number(tail.failed),
  });

  function look() {
    window.scrollTo({ top: 0 });
    toggle();
  }

  if (tail.error && rows.length === 0) return <Failed error={tail.error} onRetry={() => window.location.reload()} />;
  return (
    <>
      <div className={classes.live}>
        <Button
          variant="default"
          leftSection={held ? <IconPlayerPlay size={16} /> : <IconPlayerPause size={16} />}
          onClick={held ? look : toggle}
          aria-keyshortcuts="Space"
        >
          {held ? t('requests.resume') : t('requests.pause')}
        </Button>
        <span>{held ? t('requests.since', { count: since, shown: format.number(since) }) : came}</span>
        <Polite tail={tail} said={came} />
      </div>
      {rows.length === 0 ? (
        <Empty title={t('requests.quiet')}>{t('requests.quietNext')}</Empty>
      ) : (
        <RequestTable label={t('requests.live')} shown={shown} onRest={rest}>
          {rows.map((row) =>
            row.kind === 'request' ? (
              <RequestRow key={row.id} request={row.request} shown={shown} still={row.among > few} />
            ) : (
              <GapRow
                key={row.id}
                row={row}
                span={shown.length + 2}
                onOpen={() => onSearch({ live: undefined, range: undefined, from: row.from, to: row.to }, 'push')}
              />
            ),
          )}
        </RequestTable>
      )}
    </>
  );
}

interface GapRowProps {
  row: Extract<TailRow, { kind: 'gap' }>;
  span: number;
  onOpen: () => void;
}

function GapRow({ row, span, onOpen }: GapRowProps) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <tr className={table.gap}>
      <td colSpan={span}>
        {t('requests.gap', { count: row.count, shown: format.number(row.count), time: format.clock(new Date(row.to)) })}{' '}
        <button type="button" className={classes.inline} onClick={onOpen}>
          {t('requests.inHistory')}
        </button>
      </td>
    </tr>
  );
}

const politely = 10_000;

/** Says what came for whoever listens, every ten seconds and not with every row. */
function Polite({ tail, said }: { tail: Tail; said: string }) {
  const [spoken, setSpoken] = useState('');
  const speak = useEffectEvent(() => {
    if (tail.matched > 0) setSpoken(said);
  });
  useEffect(() => {
    const timer = window.setInterval(() => speak(), politely);
    return () => window.clearInterval(timer);
  }, []);
  return (
    <span className="hidden-text" role="status">
      {spoken}
    </span>
  );
}
