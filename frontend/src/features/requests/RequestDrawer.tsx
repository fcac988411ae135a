import { Drawer, Skeleton } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { useTranslation } from 'react-i18next';
import { useQuery } from 'urql';
import { AttemptLegend } from '../../components/AttemptLine';
import { Empty, Failed } from '../../components/States';
import { graphql } from '../../generated';
import { useReturnFocus } from '../../lib/useReturnFocus';
import { Alike } from './Alike';
import { AttemptCard } from './AttemptCard';
import classes from './RequestDrawer.module.css';
import { RequestFacts } from './RequestFacts';

const requestDrawer = graphql(`
  query RequestDrawer($requestId: String!) {
    request(requestId: $requestId) {
      id
      startedAt
      durationMs
      ...AttemptCard_attempt
      ...Alike_request
      ...RequestFacts_request
    }
  }
`);

interface RequestDrawerProps {
  requestId: string;
  onClose: () => void;
}

/** Every attempt of one request on one scale of time, and whom the gateway charged for each. */
export function RequestDrawer({ requestId, onClose }: RequestDrawerProps) {
  const { t } = useTranslation();
  useReturnFocus();
  const phone = useMediaQuery('(max-width: 767px)');
  const [{ data, error }, refetch] = useQuery({ query: requestDrawer, variables: { requestId }, requestPolicy: 'network-only' });
  const attempts = data?.request ?? [];
  const last = attempts.at(-1);
  const from = Math.min(...attempts.map((a) => Date.parse(a.startedAt)));
  const to = Math.max(...attempts.map((a) => Date.parse(a.startedAt) + a.durationMs));

  return (
    <Drawer
      opened
      onClose={onClose}
      size={phone ? '100%' : 640}
      title={<span className={classes.title}>{t('request.title')}</span>}
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      <div className={classes.content}>
        <code className={classes.id}>{requestId}</code>
        {error && !data && <Failed error={error} onRetry={() => refetch({ requestPolicy: 'network-only' })} />}
        {!data && !error && <Skeleton height={320} />}
        {data && attempts.length === 0 && <Empty title={t('request.gone')}>{t('request.goneNext')}</Empty>}
        {last && (
          <>
            <ol className={classes.attempts} aria-label={t('request.attempts')}>
              {attempts.map((attempt) => (
                <AttemptCard key={attempt.id} attempt={attempt} from={from} to={to} />
              ))}
            </ol>
            <AttemptLegend />
            <Alike request={last} />
            <RequestFacts request={last} />
          </>
        )}
      </div>
    </Drawer>
  );
}
