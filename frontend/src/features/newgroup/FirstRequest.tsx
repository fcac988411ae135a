import { Link } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { useQuery, useSubscription } from 'urql';
import { AttemptLine } from '../../components/AttemptLine';
import { OutcomeLamp } from '../../components/Outcome';
import { graphql, readFragment } from '../../generated';
import { useFormat } from '../../lib/format';
import classes from './NewGroupSheet.module.css';
import { type Receiver, SendOne } from './SendOne';

const requestFragment = graphql(`
  fragment FirstRequest_request on RequestLog {
    id
    requestId
    time
    startedAt
    model
    keyMasked
    statusCode
    outcome
    inputTokens
    outputTokens
    firstByteMs
    durationMs
    ...AttemptLine_attempt
  }
`);

const arriving = graphql(`
  subscription FirstRequestArriving($groupId: ID!) {
    requestTail(filter: { groupId: $groupId }) {
      requests {
        ...FirstRequest_request
      }
    }
  }
`);

const arrived = graphql(`
  query FirstRequestArrived($groupId: ID!) {
    requestLogs(filter: { groupId: $groupId, attempt: FINAL }, first: 1) {
      edges {
        node {
          ...FirstRequest_request
        }
      }
    }
  }
`);

/** Waits; and the line that waited becomes the request. */
export function FirstRequest({ group }: { group: Receiver }) {
  const { t } = useTranslation();
  const format = useFormat();
  const groupId = group.id;
  const [live] = useSubscription({ query: arriving, variables: { groupId } });
  const [past, look] = useQuery({ query: arrived, variables: { groupId }, requestPolicy: 'network-only' });

  // A page in the background may have slept through it.
  useEffect(() => {
    const again = () => look({ requestPolicy: 'network-only' });
    window.addEventListener('focus', again);
    return () => window.removeEventListener('focus', again);
  }, [look]);

  const r = readFragment(requestFragment, live.data?.requestTail.requests[0] ?? past.data?.requestLogs.edges[0]?.node);
  if (!r) {
    return (
      <div className={classes.waiting}>
        <span className={classes.pulse} aria-hidden="true" />
        <p role="status">{t('newGroup.waiting')}</p>
        <SendOne group={group} />
      </div>
    );
  }
  const from = new Date(r.startedAt).getTime();
  return (
    <div className={classes.arrived} role="status">
      <div className={classes.facts}>
        <OutcomeLamp outcome={r.outcome} statusCode={r.statusCode} />
        {r.keyMasked && <code>{r.keyMasked}</code>}
        <code>{r.model}</code>
        {r.inputTokens !== null && r.outputTokens !== null && (
          <span>{t('request.tokens', { in: format.number(r.inputTokens), out: format.number(r.outputTokens) })}</span>
        )}
        {r.firstByteMs !== null && <span>{t('request.firstByteIn', { time: format.duration(r.firstByteMs) })}</span>}
      </div>
      <AttemptLine attempt={r} from={from} to={from + r.durationMs} />
      <Link to="/requests/$requestId" params={{ requestId: r.requestId }}>
        {t('newGroup.timeline')}
      </Link>
    </div>
  );
}
