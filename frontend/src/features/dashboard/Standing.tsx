import { useTranslation } from 'react-i18next';
import { Lamp } from '../../components/Lamp';
import { useFormat } from '../../lib/format';
import type { LiveStats } from './useLive';

/** From this share of failures on, the last ten seconds are trouble and not bad luck. */
const troubled = 0.05;

interface StandingProps {
  keys: { total: number; active: number; invalid: number };
  live?: LiveStats;
}

/** Whether all is well, in one lamp and one sentence: the first thing the eye finds. */
export function Standing({ keys, live }: StandingProps) {
  const { t } = useTranslation();
  const format = useFormat();
  if (keys.total === 0) return <Lamp state="disabled">{t('standing.noKeys')}</Lamp>;
  if (keys.active === 0) return <Lamp state="failing">{t('standing.noneActive')}</Lamp>;
  if (live && live.errorRate >= troubled) {
    return <Lamp state="failing">{t('standing.errors', { share: format.percent(live.errorRate) })}</Lamp>;
  }
  if (keys.invalid > 0) {
    return <Lamp state="invalid">{t('standing.invalid', { count: keys.invalid, shown: format.number(keys.invalid) })}</Lamp>;
  }
  return <Lamp state="living">{t('standing.well')}</Lamp>;
}
