import type { KeyFilter, KeySelector } from '../../generated/graphql';

/** Which keys an operation is for: some by name, or all that a rule meets but a few. */
export type Selection =
  | { kind: 'some'; ids: ReadonlySet<string> }
  | { kind: 'rule'; except: ReadonlySet<string>; upTo: string | null };

export const nothing: Selection = { kind: 'some', ids: new Set() };

export function isEmpty(selection: Selection): boolean {
  return selection.kind === 'some' && selection.ids.size === 0;
}

/** All that the filter meets and that are no newer than `upTo`, so that what comes in meanwhile is left alone. */
export function everything(upTo: string | null): Selection {
  return { kind: 'rule', except: new Set(), upTo };
}

/** Ids are whole numbers of any length, and grow with time. */
function isNewer(id: string, than: string): boolean {
  return id.length === than.length ? id > than : id.length > than.length;
}

export function isSelected(selection: Selection, id: string): boolean {
  if (selection.kind === 'some') return selection.ids.has(id);
  return !selection.except.has(id) && !(selection.upTo !== null && isNewer(id, selection.upTo));
}

/** Takes keys in or leaves them out. */
export function choose(selection: Selection, ids: readonly string[], taken: boolean): Selection {
  if (selection.kind === 'some') return { kind: 'some', ids: changed(selection.ids, ids, taken) };
  const known = ids.filter((id) => selection.upTo === null || !isNewer(id, selection.upTo));
  return { ...selection, except: changed(selection.except, known, !taken) };
}

function changed(set: ReadonlySet<string>, ids: readonly string[], add: boolean): ReadonlySet<string> {
  const next = new Set(set);
  for (const id of ids) {
    if (add) next.add(id);
    else next.delete(id);
  }
  return next;
}

/** The selection as the server takes it. */
export function selectorOf(groupId: string, filter: KeyFilter | undefined, selection: Selection): KeySelector {
  if (selection.kind === 'some') return { groupId, ids: [...selection.ids] };
  const what = filter ? { filter } : { all: true };
  return {
    groupId,
    ...what,
    except: selection.except.size > 0 ? [...selection.except] : undefined,
    upTo: selection.upTo ?? undefined,
  };
}
