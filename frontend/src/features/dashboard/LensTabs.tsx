import { useTranslation } from 'react-i18next';
import type { TrafficPointsFragment } from '../../generated/graphql';
import { type Format, useFormat } from '../../lib/format';
import { highest } from './lenses';
import { type Lens, lenses } from './search';
import classes from './TrafficPanel.module.css';

interface LensTabsProps {
  lens: Lens;
  series: readonly { points: readonly TrafficPointsFragment[] }[];
  onLens: (lens: Lens) => void;
}

/** Four figures of the window; the one that is chosen is what the chart shows. */
export function LensTabs({ lens, series, onLens }: LensTabsProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const points = series.flatMap((s) => s.points);
  return (
    <fieldset className={classes.lenses} aria-label={t('dashboard.lens')}>
      {lenses.map((name) => (
        <button key={name} type="button" className={classes.lens} aria-pressed={name === lens} onClick={() => onLens(name)}>
          <span className={classes.lensName}>{t(`dashboard.lenses.${name}`)}</span>{' '}
          <span className={classes.lensFigure}>{figureOf(name, points, format)}</span>
        </button>
      ))}
    </fieldset>
  );
}

function figureOf(lens: Lens, points: readonly TrafficPointsFragment[], format: Format): string {
  const total = (read: (p: TrafficPointsFragment) => number) => points.reduce((sum, p) => sum + read(p), 0);
  const requests = total((p) => p.successes + p.failures + p.clientFaults);
  switch (lens) {
    case 'requests':
      return format.compact(requests);
    case 'errors':
      return requests > 0 ? format.percent(total((p) => p.failures) / requests) : '–';
    case 'latency': {
      const top = highest(points.map((p) => p.p95Ms));
      return top === null ? '–' : format.duration(top);
    }
    case 'tokens':
      return format.compact(total((p) => p.inputTokens + p.outputTokens));
  }
}
