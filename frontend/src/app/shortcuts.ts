/** Single letters can be switched off, for whoever speaks to the computer or types by chance (WCAG 2.1.4). */
const stored = 'roundhouse.shortcuts';

export function shortcutsOn(): boolean {
  return localStorage.getItem(stored) !== 'off';
}

export function setShortcuts(on: boolean): void {
  localStorage.setItem(stored, on ? 'on' : 'off');
}

/** Where G and a letter lead. */
export const destinations = {
  d: '/',
  g: '/groups',
  r: '/requests',
  p: '/proxy-keys',
  t: '/tasks',
  s: '/settings',
  n: '/nodes',
  a: '/audit',
} as const;

/** Whether a key press is meant for what has the focus: a field, a composition, or a dialog. */
export function isSpokenFor(event: KeyboardEvent): boolean {
  const { target } = event;
  if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return true;
  if (!(target instanceof HTMLElement)) return false;
  return (
    target.isContentEditable ||
    target.closest('input:not([type=checkbox]), textarea, select, [role=dialog], [role=menu]') !== null
  );
}
