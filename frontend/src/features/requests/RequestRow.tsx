import { Link } from '@tanstack/react-router';
import { memo, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { OutcomeLamp } from '../../components/Outcome';
import { TimeAgo } from '../../components/TimeAgo';
import { graphql } from '../../generated';
import type { RequestRow_RequestFragment } from '../../generated/graphql';
import { useFormat } from '../../lib/format';
import type { Column } from './columns';
import classes from './RequestTable.module.css';

export const requestFragment = graphql(`
  fragment RequestRow_request on RequestLog {
    id
    requestId
    time
    attemptNumber
    groupName
    parentGroupName
    model
    path
    method
    keyMasked
    upstream
    clientIp
    statusCode
    outcome
    stream
    trial
    firstByteMs
    durationMs
    inputTokens
    outputTokens
  }
`);

interface RequestRowProps {
  request: RequestRow_RequestFragment;
  shown: readonly Column[];
  /** It is there without having come. */
  still?: boolean;
}

/** One client request as it ended. The whole row opens its time line. */
export const RequestRow = memo(function RequestRow({ request: r, shown, still }: RequestRowProps) {
  const { t } = useTranslation();
  const cells = useCells(r);
  return (
    <tr data-still={still || undefined}>
      <td className={classes.time}>
        <Link
          from="/requests"
          to="/requests/$requestId"
          params={{ requestId: r.requestId }}
          search={(now) => now}
          resetScroll={false}
          className={classes.link}
        >
          <TimeAgo at={r.time} />
          <span className="hidden-text"> {t('requests.open', { model: r.model || r.path, status: r.statusCode })}</span>
        </Link>
      </td>
      <td className={classes.result}>
        <OutcomeLamp outcome={r.outcome} statusCode={r.statusCode} />
        {r.attemptNumber > 1 && <span className={classes.tag}>{t('requests.attempts', { count: r.attemptNumber })}</span>}
      </td>
      {shown.map((column) => (
        <td key={column} className={classes[column]} data-column={column}>
          {cells[column]()}
        </td>
      ))}
    </tr>
  );
});

/** What stands in each column; only those that are shown are made. */
function useCells(r: RequestRow_RequestFragment): Record<Column, () => ReactNode> {
  const { t } = useTranslation();
  const format = useFormat();
  const count = (value: number | null) => (value === null ? '–' : format.number(value));
  return {
    group: () => (r.parentGroupName ? `${r.parentGroupName} → ${r.groupName}` : r.groupName),
    model: () => (
      <>
        <code>{r.model || `${r.method} ${r.path}`}</code>
        {r.stream && <span className={classes.tag}>{t('requests.stream')}</span>}
        {r.trial && <span className={classes.tag}>{t('requests.trial')}</span>}
      </>
    ),
    path: () => <code>{`${r.method} ${r.path}`}</code>,
    key: () => <code>{r.keyMasked}</code>,
    upstream: () => <code>{r.upstream}</code>,
    caller: () => r.clientIp,
    tokens: () =>
      r.inputTokens === null && r.outputTokens === null ? '–' : `${count(r.inputTokens)} → ${count(r.outputTokens)}`,
    firstByte: () => (r.firstByteMs === null ? '–' : format.duration(r.firstByteMs)),
    took: () => format.duration(r.durationMs),
  };
}
