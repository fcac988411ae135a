import { type Aligned, align, append, type Held, hold, type Length, type Page, pageSize, prepend } from './held';
import { depth, type Extent, follow, type Place, placeAt, settle } from './scroll';

/** A list of any length, of which one stretch is held and a part of that is seen. */
export interface List<R extends Row> {
  held: Held<R> | null;
  length: Length;
  /** What the server counted when the list was opened; null when it did not count so far. */
  total: number | null;
  place: Place;
  /** Raised whenever the scroller has to follow the place, and not the place the scroller. */
  steered: number;
  /** The search that the last page came from, when it was cut short: how far it came, and how often in a row without a row. */
  scan: { to: number; vain: number } | null;
  /** Index of the row that the keyboard is on. */
  active: number;
  /** Heights in pixels; `view` is 0 until the scroller was measured. */
  row: number;
  view: number;
}

/** A page to come: about the share `at` of the list, the last one, or on from a row that is held, whose id is its cursor. */
export type Wanted = { way: 'at'; at: number } | { way: 'last' } | { way: 'after' | 'before'; cursor: string };

interface Row {
  id: string;
}

export function emptyList<R extends Row>(row: number): List<R> {
  return {
    held: null,
    length: { count: 0, known: false },
    total: null,
    place: { top: 0, offset: 0 },
    steered: 0,
    scan: null,
    active: 0,
    row,
    view: 0,
  };
}

export function extentOf<R extends Row>(list: List<R>): Extent {
  return { list: list.length.count * list.row, view: list.view };
}

/** Indexes of the first row that is seen and of the one after the last. */
export function seen<R extends Row>(list: List<R>): [from: number, to: number] {
  const from = Math.floor(list.place.top / list.row);
  const to = Math.min(list.length.count, Math.ceil((list.place.top + list.view) / list.row));
  return [Math.min(from, to), to];
}

export function rowAt<R extends Row>(list: List<R>, index: number): R | undefined {
  return list.held?.rows[index - list.held.first];
}

/** Before a reader comes within this many rows of what is held, more is asked for. */
const margin = 40;

/** What to ask the server for, so that what is seen is there; null when it is. */
export function wanted<R extends Row>(list: List<R>, begin: number): Wanted | null {
  const { held, length } = list;
  if (!held) return { way: 'at', at: begin };
  const [from, to] = seen(list);
  const end = held.first + held.rows.length;
  const none = held.rows.length === 0;
  if (!none && (from > end || to < held.first)) return { way: 'at', at: from / Math.max(1, length.count) };
  if (isPaused(list)) return null;
  const next = held.next ?? held.rows.at(-1)?.id;
  if ((none || to + margin > end) && !held.atEnd && next !== undefined) return { way: 'after', cursor: next };
  const previous = held.previous ?? held.rows[0]?.id;
  if ((none || from - margin < held.first) && !held.atStart && previous !== undefined) return { way: 'before', cursor: previous };
  // Nothing matches from there on.
  if (none && held.atEnd && !held.atStart) return { way: 'last' };
  return null;
}

/** Each of them takes the server a tenth of a second; then the reader decides whether to go on. */
const mostInVain = 20;

/** Whether a search found nothing for so long that it waits for the reader. */
export function isPaused<R extends Row>({ scan }: List<R>): boolean {
  return scan !== null && scan.vain >= mostInVain;
}

export type ListEvent<R extends Row> =
  | { kind: 'measured'; row: number; view: number }
  | { kind: 'scrolled'; scrollTop: number }
  | { kind: 'activated'; index: number }
  | { kind: 'rested' }
  | { kind: 'came'; wanted: Wanted; page: Page<R>; total: number | null }
  | { kind: 'goOn' }
  | { kind: 'patched'; patch: (row: R) => R };

/** How many rows a list is taken to have when nobody has counted them. */
const uncounted = 20_000;

export function listReducer<R extends Row>(list: List<R>, event: ListEvent<R>): List<R> {
  switch (event.kind) {
    case 'measured': {
      if (event.row === list.row && event.view === list.view) return list;
      return stand({ ...list, row: event.row, view: event.view }, (list.place.top / list.row) * event.row);
    }
    case 'scrolled': {
      const place = follow(list.place, event.scrollTop, extentOf(list));
      return place === list.place ? list : { ...list, place };
    }
    case 'activated':
      return activate(list, event.index);
    case 'rested': {
      const place = settle(list.place, extentOf(list));
      return place === list.place ? list : { ...list, place, steered: list.steered + 1 };
    }
    case 'came':
      return came({ ...list, scan: scanOf(list, event.page) }, event);
    case 'goOn':
      return { ...list, scan: list.scan && { ...list.scan, vain: 0 } };
    case 'patched': {
      const { held } = list;
      if (!held) return list;
      const rows = held.rows.map(event.patch);
      return rows.every((row, i) => row === held.rows[i]) ? list : { ...list, held: { ...held, rows } };
    }
  }
}

function stand<R extends Row>(list: List<R>, top: number): List<R> {
  return { ...list, place: placeAt(top, extentOf(list)), steered: list.steered + 1 };
}

/** Puts the keyboard on a row, and the row in sight. */
function activate<R extends Row>(list: List<R>, index: number): List<R> {
  const active = Math.max(0, Math.min(index, list.length.count - 1));
  const { top } = list.place;
  const [above, below] = [active * list.row, (active + 1) * list.row];
  if (above < top) return stand({ ...list, active }, above);
  if (below > top + list.view) return stand({ ...list, active }, below - list.view);
  return { ...list, active };
}

function scanOf<R extends Row>({ scan }: List<R>, page: Page<R>): List<R>['scan'] {
  if (page.scanned === null) return null;
  return { to: page.scanned, vain: page.rows.length > 0 ? 0 : (scan?.vain ?? 0) + 1 };
}

function came<R extends Row>(list: List<R>, { wanted, page, total }: ListEvent<R> & { kind: 'came' }): List<R> {
  if (list.held === null) return opened(list, page, total, wanted.way === 'at' ? wanted.at : 0);
  if (wanted.way === 'at' || wanted.way === 'last') return aligned(list, align(hold(page, seen(list)[0]), list.length));
  const held = wanted.way === 'after' ? append(list.held, page) : prepend(list.held, page);
  return aligned(list, align(held, list.length));
}

/** The first page of all, which says how long the list is. */
function opened<R extends Row>(list: List<R>, page: Page<R>, total: number | null, at: number): List<R> {
  // What takes long to find is not much.
  const guess = page.scanned === null ? uncounted : 0;
  const length = { count: total ?? Math.max(guess, page.rows.length + 2 * pageSize), known: total !== null };
  const begun = stand({ ...list, length, total }, Math.round(at * length.count) * list.row);
  const first = seen(begun)[0];
  return aligned({ ...begun, active: first }, align(hold(page, first), length));
}

/** Moves the reader along with the rows; the scroller stays where it is until it rests. Who is at an end stays there. */
function aligned<R extends Row>(list: List<R>, { held, length, by }: Aligned<R>): List<R> {
  // An active row that is only on its way has no key yet to go along with.
  const active = rowAt(list, list.active) ? list.active + by : list.active;
  const moved = { ...list, held, length, active };
  const shift = by * list.row;
  const place = { top: list.place.top + shift, offset: list.place.offset + shift };
  const { top } = list.place;
  if (held.atStart && top <= 0) return { ...moved, place: leap(place, 0) };
  if (held.atEnd && top >= depth(extentOf(list))) return { ...moved, place: leap(place, depth(extentOf(moved))) };
  return { ...moved, place };
}

/** Another place in the list, without moving the scroller. */
function leap({ top, offset }: Place, to: number): Place {
  return { top: to, offset: offset + to - top };
}
