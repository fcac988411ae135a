import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useQuery } from 'urql';
import { AttemptLine } from '../../components/AttemptLine';
import { OutcomeLamp } from '../../components/Outcome';
import { Panel } from '../../components/Panel';
import { graphql } from '../../generated';
import type { TryRecordQuery } from '../../generated/graphql';
import { useFormat } from '../../lib/format';
import { unkept } from '../../lib/unkept';
import classes from './TryPage.module.css';
import type { Trial } from './useTry';

const record = graphql(`
  query TryRecord($requestId: String!) {
    request(requestId: $requestId) {
      id
      attemptNumber
      startedAt
      durationMs
      outcome
      statusCode
      groupName
      keyId
      keyMasked
      upstream
      upstreamModel
      inputTokens
      outputTokens
      cachedTokens
      reasoningTokens
      ...AttemptLine_attempt
    }
  }
`);

type Attempt = TryRecordQuery['request'][number];

/** What the gateway did for it, and what the browser saw. */
export function FactsPane({ trial }: { trial: Trial }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { attempts, late, lookAgain } = useRecord(trial);
  const last = attempts.at(-1);
  return (
    <div className={classes.column}>
      <Panel title={t('try.facts')}>
        <dl className={classes.facts}>
          <Fact name={t('try.status')}>{trial.status}</Fact>
          <Fact name={t('try.header')}>{trial.headerMs !== undefined && format.duration(Math.round(trial.headerMs))}</Fact>
          <Fact name={t('try.firstByte')}>
            {trial.firstByteMs !== undefined && format.duration(Math.round(trial.firstByteMs))}
          </Fact>
          <Fact name={t('try.total')}>{trial.totalMs !== undefined && format.duration(Math.round(trial.totalMs))}</Fact>
          <Fact name={t('try.tokens')}>{last && tokens(last, format.number)}</Fact>
          <Fact name={t('try.upstreamModel')}>{last?.upstreamModel && <code>{last.upstreamModel}</code>}</Fact>
        </dl>
        {trial.requestId && (
          <Link className={classes.more} to="/requests/$requestId" params={{ requestId: trial.requestId }}>
            {t('try.openRecord')}
          </Link>
        )}
        {late && (
          <p className={classes.late}>
            {t('try.late')}{' '}
            <Button size="compact-sm" variant="default" onClick={lookAgain}>
              {t('try.lookAgain')}
            </Button>
          </p>
        )}
      </Panel>
      {attempts.length > 0 && (
        <Panel title={t('try.attempts')}>
          <Attempts attempts={attempts} />
        </Panel>
      )}
      {trial.headers.length > 0 && (
        <Panel title={t('try.headers')}>
          <dl className={classes.headers}>
            {trial.headers.map(([name, value]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
        </Panel>
      )}
    </div>
  );
}

/** Milliseconds before each further look for a record; after the last the reader is asked. */
const waits = [500, 1000, 2000, 4000, 8000];

/** The records of a trial, once it has ended. A record is a moment behind its answer, and up to an hour where the log is written so seldom. */
function useRecord(trial: Trial) {
  const over = trial.state === 'done' || trial.state === 'cancelled' || trial.state === 'failed';
  const requestId = trial.requestId ?? '';
  const [looks, setLooks] = useState({ for: '', times: 0 });
  const times = looks.for === requestId ? looks.times : 0;
  const [{ data, fetching }, ask] = useQuery({
    query: record,
    variables: { requestId },
    pause: !over || requestId === '',
    context: unkept,
  });
  const missing = over && requestId !== '' && !fetching && data?.request.length === 0;
  useEffect(() => {
    const wait = waits[times];
    if (!missing || wait === undefined) return;
    const timer = window.setTimeout(() => {
      setLooks({ for: requestId, times: times + 1 });
      ask(unkept);
    }, wait);
    return () => window.clearTimeout(timer);
  }, [missing, requestId, times, ask]);
  const attempts: readonly Attempt[] = over ? (data?.request ?? []) : [];
  return { attempts, late: missing && times === waits.length, lookAgain: () => ask(unkept) };
}

function tokens(attempt: Attempt, number: (value: number) => string): string {
  const side = (count: number | null) => (count === null ? '–' : number(count));
  return `${side(attempt.inputTokens)} → ${side(attempt.outputTokens)}`;
}

function Attempts({ attempts }: { attempts: readonly Attempt[] }) {
  const from = Math.min(...attempts.map((a) => Date.parse(a.startedAt)));
  const to = Math.max(...attempts.map((a) => Date.parse(a.startedAt) + a.durationMs));
  return (
    <ol className={classes.attempts}>
      {attempts.map((attempt) => (
        <li key={attempt.id}>
          <div className={classes.attempt}>
            <OutcomeLamp outcome={attempt.outcome} statusCode={attempt.statusCode} />
            {attempt.keyId !== null && attempt.keyMasked !== null && (
              <Link to="/groups/$name/keys/$keyId" params={{ name: attempt.groupName, keyId: attempt.keyId }}>
                <code>{attempt.keyMasked}</code>
              </Link>
            )}
            {attempt.upstream && <code className={classes.via}>{attempt.upstream}</code>}
          </div>
          <AttemptLine attempt={attempt} from={from} to={to} />
        </li>
      ))}
    </ol>
  );
}

/** A fact that is not known yet keeps its place. */
function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children || '–'}</dd>
    </div>
  );
}
