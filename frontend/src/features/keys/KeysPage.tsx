import { Button } from '@mantine/core';
import { useLocalStorage, useMediaQuery } from '@mantine/hooks';
import { IconUpload } from '@tabler/icons-react';
import { type ReactNode, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Fault } from '../../components/States';
import { TaskLine, type TaskLineTask } from '../../components/TaskLine';
import { type BulkAction, BulkDialog } from './BulkDialog';
import { KeyFilters } from './KeyFilters';
import { KeyListing } from './KeyListing';
import classes from './KeysPage.module.css';
import { rowHeights } from './KeyTable';
import { filterFields, filterOf, isFiltered, type KeysSearch, orderOf } from './search';
import { everything, isEmpty, nothing, type Selection, selectorOf } from './selection';
import { useSelectionEnd } from './useSelectionEnd';

interface KeysPageProps {
  group: { id: string; name: string };
  search: KeysSearch;
  onSearch: (change: Partial<KeysSearch>, how: 'push' | 'replace') => void;
  hrefOf: (id: string) => string;
  onOpen: (id: string) => void;
  onImport: () => void;
  /** The drawer, when a key is open. */
  children?: ReactNode;
}

/** The keys of a group: found, looked at, and worked on by the hundred thousand. */
export function KeysPage({ group, search, onSearch, hrefOf, onOpen, onImport, children }: KeysPageProps) {
  const { t } = useTranslation();
  const phone = useMediaQuery('(max-width: 767px)') ?? false;
  const [density, setDensity] = useLocalStorage<'normal' | 'compact'>({ key: 'roundhouse.keys.density', defaultValue: 'normal' });

  // Spans of time in a filter end when the list was opened, so that its pages and its selection speak of the same keys.
  const [opened, setOpened] = useState(Date.now);
  const filterKey = JSON.stringify(filterFields.map((name) => search[name]));
  // biome-ignore lint/correctness/useExhaustiveDependencies: filterKey stands for what is read of search
  const filter = useMemo(() => filterOf(search, opened), [filterKey, opened]);
  const order = orderOf(search);
  const asked = useMemo(() => ({ groupId: group.id, filter, order }), [group.id, filter, order]);

  const [chosen, setChosen] = useState<{ filterKey: string; selection: Selection }>({ filterKey, selection: nothing });
  const lost = chosen.filterKey !== filterKey && !isEmpty(chosen.selection);
  const selection = chosen.filterKey === filterKey ? chosen.selection : nothing;
  const select = (next: Selection) => setChosen({ filterKey, selection: next });
  const end = useSelectionEnd(group.id, filter);

  const [action, setAction] = useState<BulkAction>();
  const [task, setTask] = useState<TaskLineTask>();

  return (
    <>
      <KeyFilters
        groupId={group.id}
        search={search}
        onChange={(change) => onSearch({ ...change, at: undefined }, 'replace')}
        compact={density === 'compact'}
        onCompact={(compact) => setDensity(compact ? 'compact' : 'normal')}
        onRefresh={() => setOpened(Date.now())}
      >
        <Button leftSection={<IconUpload size={16} />} onClick={onImport}>
          {t('import.title')}
        </Button>
      </KeyFilters>
      {task && (
        <div className={classes.task}>
          <TaskLine task={task} onDismiss={() => setTask(undefined)} />
        </div>
      )}
      {end.fault && <Fault>{end.fault}</Fault>}
      {lost && (
        <p className={classes.lost} role="status">
          {t('keys.selectionLost')}
          <button type="button" className={classes.inline} onClick={() => select(nothing)}>
            {t('keys.understood')}
          </button>
        </p>
      )}
      <KeyListing
        key={JSON.stringify([group.id, filterKey, order, opened])}
        asked={asked}
        filtered={isFiltered(search)}
        begin={order === 'NEWEST' || order === 'OLDEST' ? (search.at ?? 0) : 0}
        rowHeight={phone ? rowHeights.phone : rowHeights[density]}
        selection={selection}
        words={{ search, selection }}
        onSelect={select}
        onSelectAll={async () => {
          const upTo = await end.find();
          if (upTo !== undefined) select(everything(upTo));
        }}
        onAct={setAction}
        onReopen={(top) => {
          setOpened(Date.now());
          if (top) onSearch({ at: undefined }, 'replace');
        }}
        onRest={(at) => (at || undefined) !== search.at && onSearch({ at: at || undefined }, 'replace')}
        onClearFilters={() => onSearch(Object.fromEntries(filterFields.map((name) => [name, undefined])), 'replace')}
        onImport={onImport}
        hrefOf={hrefOf}
        onOpen={onOpen}
      />
      {action && (
        <BulkDialog
          action={action}
          groupName={group.name}
          keys={selectorOf(group.id, filter, selection)}
          onClose={() => setAction(undefined)}
          onStarted={(started) => {
            setAction(undefined);
            setTask(started);
            select(nothing);
          }}
        />
      )}
      {children}
    </>
  );
}
