import { auditActions } from '../../components/AuditEvents';
import { words } from '../../lib/search';

/** What the page's address says; a field that is missing filters nothing. */
export interface AuditSearch {
  action?: string;
  /** A session's or a script's address, whole. */
  actor?: string;
  /** A day of the reader's, as 2026-01-31: nothing earlier is shown. */
  from?: string;
}

/** Takes what an address holds; what makes no sense is dropped. */
export function readSearch(raw: Record<string, unknown>): AuditSearch {
  const from = words(raw.from);
  return {
    action: auditActions.find((a) => a === raw.action),
    actor: words(raw.actor),
    from: from && beginOf(from) ? from : undefined,
  };
}

/** When a day of the reader's begins; undefined when it is none. */
export function beginOf(day: string): string | undefined {
  const at = /^\d{4}-\d\d-\d\d$/.test(day) ? new Date(`${day}T00:00:00`) : new Date(Number.NaN);
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString();
}
