import { useTranslation } from 'react-i18next';
import { AttemptLine } from '../../components/AttemptLine';
import { OutcomeLamp } from '../../components/Outcome';
import { type FragmentType, graphql, readFragment } from '../../generated';
import { useFormat } from '../../lib/format';
import classes from './RequestDrawer.module.css';

export const attemptFragment = graphql(`
  fragment AttemptCard_attempt on RequestLog {
    id
    attemptNumber
    attempt
    groupName
    keyMasked
    upstream
    statusCode
    outcome
    charged
    cooledSeconds
    durationMs
    error
    ...AttemptLine_attempt
  }
`);

interface AttemptCardProps {
  attempt: FragmentType<typeof attemptFragment>;
  from: number;
  to: number;
}

export function AttemptCard({ attempt, from, to }: AttemptCardProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const a = readFragment(attemptFragment, attempt);
  const cooled = a.cooledSeconds ? t('request.cooled', { time: format.duration(a.cooledSeconds * 1000) }) : '';
  return (
    <li className={classes.attempt}>
      <div className={classes.head}>
        <span className={classes.number}>{a.attemptNumber}</span>
        <OutcomeLamp outcome={a.outcome} statusCode={a.statusCode} />
        <span className={classes.took}>{format.duration(a.durationMs)}</span>
      </div>
      <AttemptLine attempt={a} from={from} to={to} figures />
      <p className={classes.via}>
        {a.keyMasked && <code>{a.keyMasked}</code>}
        {a.upstream && <code>{a.upstream}</code>}
      </p>
      <p>
        {t(`outcomeSaid.${a.outcome}`)} {a.outcome !== 'OK' && t(`charged.${a.charged}`)} {cooled}{' '}
        {a.attempt === 'RETRY' && t('request.followed')}
      </p>
      {a.error && <pre className={classes.error}>{a.error}</pre>}
    </li>
  );
}
