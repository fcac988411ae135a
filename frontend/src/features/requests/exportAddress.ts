import { filterOf, type RequestsSearch, stretchOf } from './search';

/** Where the list is had as CSV, its filters by the names of the admin API: a navigation, so that no row passes through the page. */
export function exportAddress(search: RequestsSearch, now: number): string {
  const query = new URLSearchParams({ attempt: 'FINAL' });
  for (const [name, value] of Object.entries({ ...filterOf(search), ...stretchOf(search, now) })) {
    for (const one of [value].flat()) if (one != null) query.append(name, String(one));
  }
  return `/export/logs.csv?${query}`;
}
