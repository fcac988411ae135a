import { useState } from 'react';
import { filtersOf, type RequestsFilter, type RequestsSearch, readSearch } from './search';

/** Filters under a name; kept in this browser alone. */
export interface SavedFilter {
  name: string;
  filter: RequestsFilter;
}

const stored = 'roundhouse.requests.filters';

/** What was kept, each read as an address would be: storage is no more to be trusted. */
function kept(): SavedFilter[] {
  try {
    const list: unknown = JSON.parse(localStorage.getItem(stored) ?? '[]');
    if (!Array.isArray(list)) return [];
    return list
      .map((one) => ({ name: String(one?.name ?? ''), filter: filtersOf(readSearch(one?.filter ?? {})) }))
      .filter((one) => one.name);
  } catch {
    return [];
  }
}

export function useSavedFilters() {
  const [saved, setSaved] = useState(kept);
  function store(next: SavedFilter[]) {
    localStorage.setItem(stored, JSON.stringify(next));
    setSaved(next);
  }
  return {
    saved,
    /** Takes the place of the one that has the name. */
    save: (name: string, search: RequestsSearch) =>
      store([...saved.filter((one) => one.name !== name), { name, filter: filtersOf(search) }]),
    forget: (name: string) => store(saved.filter((one) => one.name !== name)),
  };
}
