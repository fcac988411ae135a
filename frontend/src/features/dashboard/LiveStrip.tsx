import { useTranslation } from 'react-i18next';
import { KeyBar, type KeyBarProps } from '../../components/KeyBar';
import { Spark } from '../../components/Spark';
import { type Format, useFormat } from '../../lib/format';
import classes from './DashboardPage.module.css';
import { type LiveStats, minute } from './useLive';

const instruments = ['rate', 'errors', 'p95', 'firstByte', 'inFlight', 'streams'] as const;
type Instrument = (typeof instruments)[number];

const read: Record<Instrument, (s: LiveStats) => number | null> = {
  rate: (s) => s.requestsPerSecond,
  errors: (s) => s.errorRate,
  p95: (s) => s.p95Ms,
  firstByte: (s) => s.firstByteP50Ms,
  inFlight: (s) => s.inFlight,
  streams: (s) => s.openStreams,
};

/** A figure and its unit apart, so that the unit can be small. */
function shown(format: Format, instrument: Instrument, value: number | null): [figure: string, unit: string] {
  if (value === null) return ['–', ''];
  switch (instrument) {
    case 'rate':
      return [format.rate(value), '/s'];
    case 'errors':
      return [format.percent(value), ''];
    case 'p95':
    case 'firstByte': {
      const [figure = '', ...unit] = format.duration(Math.round(value)).split(' ');
      return [figure, unit.join(' ')];
    }
    default:
      return [format.number(value), ''];
  }
}

interface LiveStripProps {
  live: readonly LiveStats[];
  keys: KeyBarProps['counts'];
}

/** Six figures of this second, each over the shape of its last minute, and how the pool stands. They change in place. */
export function LiveStrip({ live, keys }: LiveStripProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const now = live.at(-1);
  return (
    <div className={classes.live}>
      <dl className={classes.strip}>
        {instruments.map((instrument) => {
          const [figure, unit] = shown(format, instrument, now ? read[instrument](now) : null);
          return (
            <div key={instrument} className={classes.instrument}>
              <dt>{t(`live.${instrument}`)}</dt>
              <dd className={classes.figure}>
                {figure}
                {unit && <span className={classes.unit}>{unit}</span>}
              </dd>
              <dd>
                <Spark className={classes.spark} values={live.map((s) => read[instrument](s) ?? 0)} span={minute} />
              </dd>
            </div>
          );
        })}
      </dl>
      <div className={classes.pool}>
        <p className={classes.poolTitle}>{t('keys.title')}</p>
        <KeyBar counts={keys} legend />
      </div>
    </div>
  );
}
