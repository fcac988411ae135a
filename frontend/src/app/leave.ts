import { signOut } from '../lib/session';

/** Signs out into a new document, so that nothing read before stays in memory. */
export function leave(): void {
  void signOut().finally(() => window.location.assign('/sign-in'));
}
