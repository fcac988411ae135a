import { Button, SegmentedControl } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { PageHead } from '../../components/Panel';
import { ColumnMenu } from './ColumnMenu';
import { useColumns } from './columns';
import { exportAddress } from './exportAddress';
import { FilterBar } from './FilterBar';
import { HistoryTable } from './HistoryTable';
import { LiveTable } from './LiveTable';
import { SavedFilters } from './SavedFilters';
import { filtersOf, type RequestsSearch } from './search';

interface RequestsPageProps {
  search: RequestsSearch;
  /** Filters replace what is in the address; a turn of the page or of the gear is pushed, so that Back undoes it. */
  onSearch: (change: Partial<RequestsSearch>, how: 'replace' | 'push') => void;
  /** The drawer over the list, when a request is open. */
  children: ReactNode;
}

/** One list with two gears: what happens now, and what happened. */
export function RequestsPage({ search, onSearch, children }: RequestsPageProps) {
  const { t } = useTranslation();
  const [shown, setShown] = useColumns();
  const gear = search.live === 1 ? 'live' : 'history';
  const filter = (change: Partial<RequestsSearch>) => onSearch({ ...change, after: undefined }, 'replace');
  return (
    <>
      <PageHead title={t('nav.requests')}>
        <ColumnMenu shown={shown} onChoose={setShown} />
        <SavedFilters search={search} onChange={filter} />
        {gear === 'history' && (
          <Button
            component="a"
            variant="default"
            download
            href={exportAddress(search, Date.now())}
            leftSection={<IconDownload size={16} />}
          >
            CSV
          </Button>
        )}
        <SegmentedControl
          aria-label={t('requests.gear')}
          value={gear}
          onChange={(value) => onSearch({ live: value === 'live' ? 1 : undefined, after: undefined }, 'push')}
          data={[
            { value: 'live', label: t('requests.live') },
            { value: 'history', label: t('requests.history') },
          ]}
        />
      </PageHead>
      <FilterBar search={search} onChange={filter} />
      {gear === 'live' ? (
        <LiveTable key={JSON.stringify(filtersOf(search))} search={search} shown={shown} onSearch={onSearch} />
      ) : (
        <HistoryTable search={search} shown={shown} onPage={(after) => onSearch({ after }, 'push')} />
      )}
      {children}
    </>
  );
}
