import { Button, Skeleton } from '@mantine/core';
import { useEffect, useEffectEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { Empty, Failed } from '../../components/States';
import { useFormat } from '../../lib/format';
import type { BulkAction } from './BulkDialog';
import classes from './KeysPage.module.css';
import { KeyTable } from './KeyTable';
import { isPaused, type List, seen } from './list';
import { SelectionBar } from './SelectionBar';
import type { KeysSearch } from './search';
import { isEmpty, type Selection } from './selection';
import { type Changes, useKeyChanges } from './useKeyChanges';
import { type KeyRow, type KeysAsked, useKeyList } from './useKeyList';

interface KeyListingProps {
  asked: KeysAsked;
  filtered: boolean;
  begin: number;
  rowHeight: number;
  selection: Selection;
  words: { search: KeysSearch; selection: Selection };
  onSelect: (selection: Selection) => void;
  onSelectAll: () => void;
  onAct: (action: BulkAction) => void;
  /** Opens the list anew, at its top when new keys are to be seen. */
  onReopen: (top: boolean) => void;
  /** Told where the reader came to rest, 0 to 1. */
  onRest: (at: number) => void;
  onClearFilters: () => void;
  onImport: () => void;
  hrefOf: (id: string) => string;
  onOpen: (id: string) => void;
}

/** One list as it was opened: the table, what changed since, and at its foot where one is or what is selected. */
export function KeyListing(props: KeyListingProps) {
  const { t } = useTranslation();
  const { asked, filtered, selection, onSelect } = props;
  const keyList = useKeyList(asked, props.begin, props.rowHeight);
  const changes = useKeyChanges(asked, keyList);
  const { list, error, retry } = keyList;
  useRest(list, props.onRest);

  if (error && !list.held?.rows.length) return <Failed error={error} onRetry={retry} />;
  if (!list.held) return <Loading rowHeight={props.rowHeight} />;
  const { rows, atStart, atEnd } = list.held;
  const goOn = () => keyList.tell({ kind: 'goOn' });
  if (rows.length === 0 && atStart && atEnd && !list.scan) return <Nothing {...props} />;
  if (rows.length === 0 && list.scan) return <NoneYet list={list} onGoOn={goOn} />;
  return (
    <>
      <News list={list} changes={changes} filtered={filtered} onShow={props.onReopen} />
      <KeyTable
        keyList={keyList}
        rowHeight={props.rowHeight}
        gone={changes.gone}
        goneWord={filtered ? t('keys.noMatchNow') : t('keys.gone')}
        selection={selection}
        onSelect={onSelect}
        onSelectAll={props.onSelectAll}
        onClear={() => onSelect({ kind: 'some', ids: new Set() })}
        hrefOf={props.hrefOf}
        onOpen={props.onOpen}
      />
      <div className={classes.foot}>
        {isEmpty(selection) ? (
          <>
            <Where list={list} />
            {list.scan && <SoFar list={list} onGoOn={goOn} />}
            <Button className={classes.all} variant="subtle" onClick={props.onSelectAll}>
              {t('keys.selectAllShort')}
            </Button>
            {error && (
              <Button variant="subtle" color="red" onClick={retry}>
                {t('keys.readOn')}
              </Button>
            )}
          </>
        ) : (
          <SelectionBar
            asked={asked}
            search={props.words.search}
            selection={selection}
            onClear={() => onSelect({ kind: 'some', ids: new Set() })}
            onAct={props.onAct}
          />
        )}
      </div>
    </>
  );
}

/** Says what came and went, and leaves it to the reader when the rows may move. */
function News({
  list,
  changes,
  filtered,
  onShow,
}: {
  list: List<KeyRow>;
  changes: Changes;
  filtered: boolean;
  onShow: (top: boolean) => void;
}) {
  const { t } = useTranslation();
  const format = useFormat();
  const more = filtered || changes.total === undefined || list.total === null ? 0 : changes.total - list.total;
  if (more === 0 && changes.gone.size === 0) return null;
  const count = Math.abs(more) || changes.gone.size;
  const what = more > 0 ? 'keys.newKeys' : filtered ? 'keys.matchNoMore' : 'keys.goneKeys';
  return (
    <p className={classes.news} role="status">
      {t(what, { count, shown: format.number(count) })}
      <button type="button" className={classes.inline} onClick={() => onShow(more > 0)}>
        {more > 0 ? t('keys.show') : t('keys.refresh')}
      </button>
    </p>
  );
}

/** Which part of the list is seen; "about" where nobody has counted up to it. */
function Where({ list }: { list: List<KeyRow> }) {
  const { t } = useTranslation();
  const format = useFormat();
  const [from, to] = seen(list);
  const exact = list.held?.exact && list.held.first <= from;
  const values = {
    from: format.number(from + 1),
    to: format.number(to),
    count: list.length.count,
    total: format.number(list.length.count),
  };
  if (list.scan && !list.held?.atEnd) return <p className={classes.where}>{t('keys.whereSoFar', values)}</p>;
  if (!list.length.known) return <p className={classes.where}>{t('keys.whereUnknown', values)}</p>;
  return <p className={classes.where}>{exact ? t('keys.where', values) : t('keys.whereAbout', values)}</p>;
}

/** How far a search came that takes longer than one question may; it waits for the reader when it found nothing for long. */
function SoFar({ list, onGoOn }: { list: List<KeyRow>; onGoOn: () => void }) {
  const { t } = useTranslation();
  return (
    <>
      <p className={classes.where}>{useSoFar(list)}</p>
      {isPaused(list) && (
        <Button variant="subtle" onClick={onGoOn}>
          {t('keys.goOn')}
        </Button>
      )}
    </>
  );
}

function NoneYet({ list, onGoOn }: { list: List<KeyRow>; onGoOn: () => void }) {
  const { t } = useTranslation();
  const soFar = useSoFar(list);
  const action = isPaused(list) && (
    <Button variant="default" onClick={onGoOn}>
      {t('keys.goOn')}
    </Button>
  );
  return (
    <div role="status">
      <Empty title={t('keys.noneYet')} action={action}>
        {soFar}
      </Empty>
    </div>
  );
}

function useSoFar({ scan, held }: List<KeyRow>): string {
  const { t } = useTranslation();
  const share = useFormat().percent(Math.round((scan?.to ?? 0) * 100) / 100);
  // An order that is a view of now has one page, of the newest keys as far as they could be looked through.
  return held?.atEnd ? t('keys.foremost', { share }) : t('keys.searched', { share });
}

/** Half a second after the last move. */
function useRest(list: List<KeyRow>, onRest: (at: number) => void) {
  const { place, length, row } = list;
  const at = length.count === 0 ? 0 : Math.round((place.top / row / length.count) * 10_000) / 10_000;
  const opened = list.held !== null;
  const told = useEffectEvent(onRest);
  useEffect(() => {
    if (!opened) return;
    const timer = window.setTimeout(() => told(at), 500);
    return () => window.clearTimeout(timer);
  }, [at, opened]);
}

function Nothing({ filtered, onClearFilters, onImport }: KeyListingProps) {
  const { t } = useTranslation();
  if (filtered) {
    return (
      <Empty
        title={t('keys.noMatch')}
        action={
          <Button variant="default" onClick={onClearFilters}>
            {t('keys.clearFilters')}
          </Button>
        }
      />
    );
  }
  return (
    <Empty title={t('keys.empty')} action={<Button onClick={onImport}>{t('import.title')}</Button>}>
      {t('keys.emptyNext')}
    </Empty>
  );
}

function Loading({ rowHeight }: { rowHeight: number }) {
  const { t } = useTranslation();
  return (
    <div role="status" aria-label={t('loading')}>
      {Array.from({ length: 12 }, (_, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: these rows have nothing else
        <Skeleton key={i} height={rowHeight - 1} mb={1} />
      ))}
    </div>
  );
}
