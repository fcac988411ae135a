/** An id for a row that is being added, unlike those of the rows there are. */
export function freshId(rows: readonly { id: string }[]): string {
  let n = rows.length;
  while (rows.some((r) => r.id === `new-${n}`)) n += 1;
  return `new-${n}`;
}
