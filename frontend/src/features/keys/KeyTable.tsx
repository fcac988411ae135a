import { useMediaQuery } from '@mantine/hooks';
import { type KeyboardEvent, type MouseEvent, useEffect, useLayoutEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { KeyRow } from './KeyRow';
import classes from './KeyTable.module.css';
import { extentOf, type List, rowAt, seen } from './list';
import { scrollerHeight } from './scroll';
import { choose, isSelected, type Selection } from './selection';
import type { KeyList, KeyRow as Row } from './useKeyList';
import { useRoom } from './useRoom';

/** Pixels of a row, by density and on a phone; of the table's head; and of what stands below the table. */
export const rowHeights = { normal: 36, compact: 28, phone: 64 };
const headHeight = 36;
const footHeight = 72;
const borders = 2;

/** Rows that are drawn beyond both edges, so that a quick hand meets rows. */
const overscan = 8;

interface KeyTableProps {
  keyList: KeyList;
  rowHeight: number;
  gone: ReadonlySet<string>;
  /** What a row that is gone says. */
  goneWord: string;
  selection: Selection;
  onSelect: (selection: Selection) => void;
  /** Selects whatever matches, seen or not. */
  onSelectAll: () => void;
  onClear: () => void;
  hrefOf: (id: string) => string;
  onOpen: (id: string) => void;
}

/** A table of any length, of which what is seen is drawn. */
export function KeyTable({
  keyList,
  rowHeight,
  gone,
  goneWord,
  selection,
  onSelect,
  onSelectAll,
  onClear,
  hrefOf,
  onOpen,
}: KeyTableProps) {
  const { t } = useTranslation();
  const { list, tell } = keyList;
  const phone = useMediaQuery('(max-width: 767px)') ?? false;
  const head = phone ? 0 : headHeight;
  const scroller = useRef<HTMLDivElement>(null);
  // As many rows as there is room for, and none cut in two.
  const room = head + Math.floor((useRoom(scroller, footHeight) - borders - head) / rowHeight) * rowHeight;
  useScroller(scroller, keyList, { room, head, rowHeight });
  useFocus(scroller, list);
  const anchor = useRef(0);

  const [from, to] = seen(list);
  const start = Math.max(0, from - overscan);
  const end = Math.min(list.length.count, to + overscan);

  function select(index: number, row: Row, range: boolean) {
    const taken = !isSelected(selection, row.id);
    const [low, high] = range ? [Math.min(anchor.current, index), Math.max(anchor.current, index)] : [index, index];
    const ids = Array.from({ length: high - low + 1 }, (_, i) => rowAt(list, low + i)?.id).filter((id) => id !== undefined);
    anchor.current = index;
    onSelect(choose(selection, ids, taken));
  }

  function onClick(event: MouseEvent<HTMLElement>) {
    const { row, index } = rowOf(event.target, list);
    if (!row || !(event.target instanceof Element)) return;
    if (event.target.closest('input[type=checkbox]')) {
      tell({ kind: 'activated', index });
      select(index, row, event.shiftKey);
    } else if (event.target.closest('a') && !event.metaKey && !event.ctrlKey && !event.shiftKey) {
      event.preventDefault();
      tell({ kind: 'activated', index });
      onOpen(row.id);
    }
  }

  function onKeyDown(event: KeyboardEvent<HTMLElement>) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const page = Math.max(1, Math.floor(list.view / list.row) - 1);
    const moves: Record<string, number> = {
      ArrowDown: list.active + 1,
      ArrowUp: list.active - 1,
      PageDown: list.active + page,
      PageUp: list.active - page,
      Home: 0,
      End: list.length.count - 1,
    };
    const index = moves[event.key];
    const row = rowAt(list, list.active);
    if (index !== undefined) tell({ kind: 'activated', index });
    else if (event.key === ' ' && row && !isButton(event.target)) select(list.active, row, event.shiftKey);
    else if (event.key === 'Escape') onClear();
    else return;
    event.preventDefault();
  }

  const all = selection.kind === 'rule';
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the keys move among the rows inside
    <div ref={scroller} className={classes.scroller} style={{ maxHeight: room + borders }} onKeyDown={onKeyDown} tabIndex={-1}>
      <div className={classes.extent} style={{ height: head + scrollerHeight(extentOf(list).list) }}>
        {/* biome-ignore lint/a11y/useKeyWithClickEvents: what is clicked are links and boxes, which the keyboard reaches as such */}
        <table
          className={classes.table}
          style={{ top: start * list.row - list.place.offset, '--row': `${list.row}px` } as React.CSSProperties}
          aria-label={t('keys.title')}
          aria-rowcount={list.length.known ? list.length.count + 1 : -1}
          onClick={onClick}
        >
          <thead>
            <tr aria-rowindex={1}>
              <th scope="col" className={classes.check}>
                <input
                  type="checkbox"
                  aria-label={t('keys.selectAll')}
                  checked={all && selection.except.size === 0}
                  ref={(box) => {
                    if (box) box.indeterminate = all ? selection.except.size > 0 : selection.ids.size > 0;
                  }}
                  onChange={() => (all ? onClear() : onSelectAll())}
                />
              </th>
              {(['key', 'print', 'state', 'cause', 'requests', 'failures', 'used', 'made', 'notes'] as const).map((column) => (
                <th key={column} scope="col" className={classes[column]}>
                  {t(`keys.column.${column}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {Array.from({ length: Math.max(0, end - start) }, (_, i) => {
              const index = start + i;
              const row = rowAt(list, index);
              if (!row) return <Absent key={`absent-${index}`} index={index} />;
              return (
                <KeyRow
                  key={row.id}
                  row={row}
                  index={index}
                  href={hrefOf(row.id)}
                  selected={isSelected(selection, row.id)}
                  active={index === list.active}
                  gone={gone.has(row.id) ? goneWord : undefined}
                />
              );
            })}
          </tbody>
        </table>
      </div>
    </div>
  );
}

/** Stands for a row on its way. */
function Absent({ index }: { index: number }) {
  return (
    <tr aria-rowindex={index + 2} className={classes.row} data-absent="">
      <td className={classes.check} />
      <td colSpan={9} className={classes.absent}>
        <span />
      </td>
    </tr>
  );
}

function rowOf(target: EventTarget, list: List<Row>): { row: Row | undefined; index: number } {
  const tr = target instanceof Element ? target.closest<HTMLElement>('tr[data-index]') : null;
  const index = Number(tr?.dataset.index ?? Number.NaN);
  return { row: Number.isNaN(index) ? undefined : rowAt(list, index), index };
}

/** Space presses a button by itself. */
function isButton(target: EventTarget): boolean {
  return target instanceof HTMLButtonElement;
}

interface Sizes {
  room: number;
  head: number;
  rowHeight: number;
}

/** Tells the list how high it is seen and where the scroller goes, and leads the scroller where the list goes. */
function useScroller(
  scroller: React.RefObject<HTMLDivElement | null>,
  { list, tell }: KeyList,
  { room, head, rowHeight }: Sizes,
) {
  useLayoutEffect(() => {
    tell({ kind: 'measured', row: rowHeight, view: Math.max(rowHeight, room - head) });
  }, [tell, room, head, rowHeight]);

  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    let frame = 0;
    function follow() {
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(() => tell({ kind: 'scrolled', scrollTop: element?.scrollTop ?? 0 }));
    }
    element.addEventListener('scroll', follow, { passive: true });
    return () => {
      cancelAnimationFrame(frame);
      element.removeEventListener('scroll', follow);
    };
  }, [scroller, tell]);

  const { place, steered, length } = list;
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a place that did not come from the scroller moves it
  useLayoutEffect(() => {
    if (scroller.current) scroller.current.scrollTop = place.top - place.offset;
  }, [scroller, steered]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: every move puts off the rest
  useEffect(() => {
    const timer = window.setTimeout(() => tell({ kind: 'rested' }), 150);
    return () => window.clearTimeout(timer);
  }, [tell, place, length]);
}

/** Keeps the focus on the row that the keyboard is on, also when it leaves what is drawn and comes back. */
function useFocus(scroller: React.RefObject<HTMLDivElement | null>, list: List<Row>) {
  const holds = useRef(false);
  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const enter = () => {
      holds.current = true;
    };
    const leave = (event: FocusEvent) => {
      if (event.relatedTarget instanceof Node && !element.contains(event.relatedTarget)) holds.current = false;
    };
    element.addEventListener('focusin', enter);
    element.addEventListener('focusout', leave);
    return () => {
      element.removeEventListener('focusin', enter);
      element.removeEventListener('focusout', leave);
    };
  }, [scroller]);

  const { active } = list;
  const last = useRef(active);
  useLayoutEffect(() => {
    const element = scroller.current;
    const moved = last.current !== active;
    last.current = active;
    if (!element || !holds.current) return;
    const adrift = document.activeElement === document.body || document.activeElement === element;
    const onRow = document.activeElement?.closest('tbody') !== null;
    if (!adrift && !(moved && onRow)) return;
    const link = element.querySelector<HTMLElement>(`tr[data-index="${active}"] a`);
    (link ?? element).focus({ preventScroll: true });
  });
}
