/** The rows of one stretch of a list, in its order. */
export interface Held<Row> {
  rows: readonly Row[];
  /** Index in the list of the first of them; an estimate unless `exact`. */
  first: number;
  exact: boolean;
  /** Whether nothing is before the first, or after the last. */
  atStart: boolean;
  atEnd: boolean;
  /** Where the server goes on either way; null is the first row and the last. A search that was cut short goes on beyond them. */
  previous: string | null;
  next: string | null;
}

/** What the server answers. */
export interface Page<Row> {
  rows: readonly Row[];
  hasPrevious: boolean;
  hasNext: boolean;
  previous: string | null;
  next: string | null;
  /** How far a search came that was cut short, 0 to 1 of all keys; null when it was not. */
  scanned: number | null;
}

/** Rows of one request, and the most that are kept: what is farther away is let go. */
export const pageSize = 100;
export const mostHeld = 2000;

/** A page that begins about at `first`. */
export function hold<Row>(page: Page<Row>, first: number): Held<Row> {
  const { rows, previous, next } = page;
  const atStart = !page.hasPrevious;
  return { rows, first: atStart ? 0 : first, exact: atStart, atStart, atEnd: !page.hasNext, previous, next };
}

export function append<Row>(held: Held<Row>, page: Page<Row>): Held<Row> {
  const rows = [...held.rows, ...page.rows];
  const dropped = Math.max(0, rows.length - mostHeld);
  return {
    ...held,
    rows: rows.slice(dropped),
    first: held.first + dropped,
    atStart: held.atStart && dropped === 0,
    atEnd: !page.hasNext,
    previous: dropped === 0 ? held.previous : null,
    next: page.next,
  };
}

export function prepend<Row>(held: Held<Row>, page: Page<Row>): Held<Row> {
  const rows = [...page.rows, ...held.rows];
  return {
    ...held,
    rows: rows.slice(0, mostHeld),
    first: held.first - page.rows.length,
    atStart: !page.hasPrevious,
    atEnd: held.atEnd && rows.length <= mostHeld,
    previous: page.previous,
    next: rows.length > mostHeld ? null : held.next,
  };
}

/** How many rows the list has. `known` says that it is no estimate. */
export interface Length {
  count: number;
  known: boolean;
}

/** A held stretch where it belongs, and by how many rows it had to be moved: the reader moves with it and sees nothing of it. */
export interface Aligned<Row> {
  held: Held<Row>;
  length: Length;
  by: number;
}

/**
 * Ends are facts and indexes mere estimates: a stretch that has come to an end of the list is put there, and one that has not is
 * kept a page away from it, so that there is room to go on.
 */
export function align<Row>(held: Held<Row>, length: Length): Aligned<Row> {
  const end = held.first + held.rows.length;
  if (held.atEnd && held.exact) return { held, length: { count: end, known: true }, by: 0 };
  const move = (to: number, exact: boolean, count = length.count): Aligned<Row> => ({
    held: { ...held, first: to, exact },
    length: { ...length, count },
    by: to - held.first,
  });
  if (held.atStart) return move(0, true, held.atEnd ? held.rows.length : length.count);
  if (held.atEnd) {
    const first = length.count - held.rows.length;
    return first >= pageSize ? move(first, length.known) : move(pageSize, false, held.rows.length + pageSize);
  }
  const least = Math.max(held.first, pageSize);
  const room = length.count - held.rows.length - pageSize;
  const first = held.exact ? held.first : Math.max(pageSize, Math.min(least, room));
  return move(first, held.exact, Math.max(length.count, first + held.rows.length + pageSize));
}
