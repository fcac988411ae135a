import { useTranslation } from 'react-i18next';
import { Lamp } from '../../components/Lamp';
import { type FragmentType, graphql, readFragment } from '../../generated';
import { useFormat } from '../../lib/format';
import { useNow } from '../../lib/useNow';
import classes from './Rows.module.css';

export const upstreamHealth = graphql(`
  fragment UpstreamHealth_upstream on Upstream {
    enabled
    healthy
    ejectedUntil
    consecutiveFailures
    lastError
  }
`);

/** Whether an upstream is in rotation; if not, why, and for how long still. */
export function UpstreamHealth({ upstream }: { upstream: FragmentType<typeof upstreamHealth> }) {
  const { t } = useTranslation();
  const format = useFormat();
  const u = readFragment(upstreamHealth, upstream);
  const now = useNow(1000);
  const left = u.ejectedUntil ? Date.parse(u.ejectedUntil) - now : 0;
  if (!u.enabled) return <Lamp state="disabled">{t('upstreams.disabled')}</Lamp>;
  if (!u.healthy) {
    return (
      <span className={classes.health}>
        <Lamp state="failing">
          {left > 0
            ? t('upstreams.ejectedFor', { time: format.duration(Math.ceil(left / 1000) * 1000) })
            : t('upstreams.ejected')}
        </Lamp>
        <span className={classes.reason}>{u.lastError}</span>
      </span>
    );
  }
  return (
    <span className={classes.health}>
      <Lamp state="living">{t('upstreams.healthy')}</Lamp>
      {u.consecutiveFailures > 0 && (
        <>
          <span>{t('upstreams.failures', { count: u.consecutiveFailures })}</span>
          <span className={classes.reason}>{u.lastError}</span>
        </>
      )}
    </span>
  );
}
