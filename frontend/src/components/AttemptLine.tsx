import { useTranslation } from 'react-i18next';
import { type FragmentType, graphql, readFragment } from '../generated';
import type { AttemptLine_AttemptFragment } from '../generated/graphql';
import { useFormat } from '../lib/format';
import classes from './AttemptLine.module.css';

const attemptFragment = graphql(`
  fragment AttemptLine_attempt on RequestLog {
    startedAt
    attempt
    waitMs
    connectMs
    headerMs
    firstByteMs
    durationMs
  }
`);

const phases = ['wait', 'connect', 'firstByte', 'body'] as const;
export type Phase = (typeof phases)[number];

/** Where each phase of an attempt begins and ends, in milliseconds since it started. A phase that took no time is left out. */
export function phasesOf(a: AttemptLine_AttemptFragment): { phase: Phase; from: number; to: number }[] {
  const wait = Math.min(a.waitMs, a.durationMs);
  const connected = a.connectMs ? Math.max(a.connectMs, wait) : wait;
  const firstByte = Math.max(a.firstByteMs ?? a.headerMs ?? a.durationMs, connected);
  const ends = [wait, connected, Math.min(firstByte, a.durationMs), a.durationMs];
  return phases.map((phase, i) => ({ phase, from: ends[i - 1] ?? 0, to: ends[i] ?? 0 })).filter(({ from, to }) => to > from);
}

interface AttemptLineProps {
  attempt: FragmentType<typeof attemptFragment>;
  /** The length of each phase below the line, for eyes. */
  figures?: boolean;
  /** The time the line's left and right ends stand for, in milliseconds since 1970. */
  from: number;
  to: number;
}

/** One attempt as a piece of track: thin while it waits, heavy while bytes come, broken off where another took over. */
export function AttemptLine({ attempt, from, to, figures = false }: AttemptLineProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const a = readFragment(attemptFragment, attempt);
  const start = new Date(a.startedAt).getTime() - from;
  const span = Math.max(to - from, 1);
  const shown = phasesOf(a);
  const said = shown.map((s) => `${t(`phase.${s.phase}`)} ${format.duration(s.to - s.from)}`).join(', ');
  const share = (ms: number) => `${(100 * Math.max(0, ms)) / span}%`;
  const line = (
    <div className={classes.line} role="img" aria-label={said || format.duration(a.durationMs)}>
      {shown.map((s) => (
        <span
          key={s.phase}
          className={classes.rail}
          data-phase={s.phase}
          title={`${t(`phase.${s.phase}`)} ${format.duration(s.to - s.from)}`}
          style={{ left: share(start + s.from), width: share(s.to - s.from) }}
        />
      ))}
      {a.attempt === 'RETRY' && <span className={classes.switch} style={{ left: share(start + a.durationMs) }} />}
    </div>
  );
  if (!figures) return line;
  return (
    <div>
      {line}
      <p className={classes.figures} aria-hidden="true">
        {shown.map((s) => `${t(`phase.${s.phase}`)} ${format.duration(s.to - s.from)}`).join(' · ')}
      </p>
    </div>
  );
}

/** What the rails of different weight stand for. */
export function AttemptLegend() {
  const { t } = useTranslation();
  return (
    <ul className={classes.legend}>
      {phases.map((phase) => (
        <li key={phase}>
          <span className={classes.sample}>
            <span className={classes.rail} data-phase={phase} />
          </span>
          {t(`phase.${phase}`)}
        </li>
      ))}
    </ul>
  );
}
