import { Button, Skeleton } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Empty, Failed } from '../../components/States';
import { useFormat } from '../../lib/format';
import type { Column } from './columns';
import { RequestRow } from './RequestRow';
import classes from './RequestsPage.module.css';
import { RequestTable } from './RequestTable';
import type { RequestsSearch } from './search';
import { useHistory } from './useHistory';

interface HistoryTableProps {
  search: RequestsSearch;
  shown: readonly Column[];
  /** `undefined` turns back to the newest page. */
  onPage: (after: string | undefined) => void;
}

export function HistoryTable({ search, shown, onPage }: HistoryTableProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const [lookedAt, setLookedAt] = useState(Date.now);
  const { live: _, ...asked } = search;
  const history = useHistory(asked, lookedAt);
  const again = () => setLookedAt(Date.now());

  if (!history) return <Loading />;
  const { rows, next, scannedTo, looking } = history;
  if (history.error && rows.length === 0) return <Failed error={history.error} onRetry={again} />;
  return (
    <>
      {rows.length === 0 && !looking && scannedTo === null ? (
        <Empty title={t('requests.none')}>{t('requests.noneNext')}</Empty>
      ) : (
        <div aria-busy={looking}>
          <RequestTable label={t('requests.history')} shown={shown}>
            {rows.map((request) => (
              <RequestRow key={request.id} request={request} shown={shown} />
            ))}
          </RequestTable>
        </div>
      )}
      <nav className={classes.pages} aria-label={t('requests.pages')}>
        <Button variant="default" leftSection={<IconRefresh size={16} />} loading={looking} onClick={again}>
          {t('requests.refresh')}
        </Button>
        {scannedTo !== null && (
          <span className={classes.scanned}>{t('requests.scanned', { time: format.exact(new Date(scannedTo)) })}</span>
        )}
        <span className={classes.turn}>
          {search.after && (
            <Button variant="default" onClick={() => onPage(undefined)}>
              {t('requests.newest')}
            </Button>
          )}
          {next && (
            <Button variant="default" onClick={() => onPage(next)}>
              {scannedTo !== null ? t('requests.goOn') : t('requests.older')}
            </Button>
          )}
        </span>
      </nav>
    </>
  );
}

function Loading() {
  const { t } = useTranslation();
  return (
    <div role="status" aria-label={t('loading')}>
      {Array.from({ length: 10 }, (_, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: these rows have nothing else
        <Skeleton key={i} height={35} mb={1} />
      ))}
    </div>
  );
}
