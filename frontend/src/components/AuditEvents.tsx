import { useTranslation } from 'react-i18next';
import { type FragmentType, graphql, readFragment } from '../generated';
import classes from './AuditEvents.module.css';
import { actorWords, targetWords } from './auditWords';
import { TimeAgo } from './TimeAgo';

const eventFragment = graphql(`
  fragment AuditEvents_event on AuditEvent {
    id
    time
    actor
    action
    target
    before
    after
  }
`);

/** What the console has words for; an action that a newer gateway brings keeps its own name. */
export const auditActions = [
  'createGroup',
  'updateGroup',
  'deleteGroup',
  'copyGroup',
  'reorderGroups',
  'createProxyKey',
  'deleteProxyKey',
  'updateProxyKeyNotes',
  'updateSettings',
  'importKeys',
  'deleteKeys',
  'restoreKeys',
  'enableKeys',
  'disableKeys',
  'validateKeys',
  'validateKey',
  'updateKeyNotes',
  'revealKey',
  'cancelTask',
  'signIn',
  'signInFailed',
  'import',
  'apply',
  'export',
] as const;

/** Who did what, newest first; what changed opens below each. */
export function AuditEvents({ events }: { events: readonly FragmentType<typeof eventFragment>[] }) {
  const { t } = useTranslation();
  return (
    <ol className={classes.events}>
      {readFragment(eventFragment, events).map((event) => {
        const known = auditActions.find((a) => a === event.action);
        const target = targetWords(event.target);
        const actor = actorWords(event.actor);
        return (
          <li key={event.id}>
            <div className={classes.head}>
              <strong>{known ? t(`audit.action.${known}`) : event.action}</strong>
              <span>{target ? t(`audit.target.${target.kind}`, { name: target.name }) : event.target}</span>
              <span className={classes.actor}>
                {actor ? t(`audit.by.${actor.kind}`, { name: actor.name, from: actor.from }) : event.actor}
              </span>
              <TimeAgo at={event.time} />
            </div>
            <Differences before={event.before} after={event.after} />
          </li>
        );
      })}
    </ol>
  );
}

type Shown = Record<string, unknown> | null | undefined;

/** Each field that is not the same on both sides, as the server wrote it. */
export function differencesOf(before: Shown, after: Shown): { field: string; from?: string; to?: string }[] {
  const fields = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])];
  return fields
    .map((field) => ({ field, from: written(before?.[field]), to: written(after?.[field]) }))
    .filter(({ from, to }) => from !== to);
}

function written(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function Differences({ before, after }: { before: Shown; after: Shown }) {
  const { t } = useTranslation();
  const changed = differencesOf(before, after);
  if (changed.length === 0) return null;
  return (
    <details className={classes.details}>
      <summary>{t('audit.changed', { count: changed.length })}</summary>
      <dl>
        {changed.map(({ field, from, to }) => (
          <div key={field}>
            <dt>{field}</dt>
            <dd>
              {from !== undefined && <del>{from}</del>}
              {to !== undefined && <ins>{to}</ins>}
            </dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
