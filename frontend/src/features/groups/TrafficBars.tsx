import { useTranslation } from 'react-i18next';
import { useFormat } from '../../lib/format';
import classes from './OverviewTab.module.css';
import { type Point, quietOf } from './SparkBars';

interface TrafficBarsProps {
  points: readonly (Point & { time: string })[];
}

const width = 480;
const height = 96;
const gap = 2;

/** Requests of each part of a window, failures on top; the figures are in a table beside it for whoever cannot see it. */
export function TrafficBars({ points }: TrafficBarsProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const top = Math.max(1, ...points.map((p) => quietOf(p) + p.failures));
  const step = width / Math.max(1, points.length);
  const tall = (count: number) => (count / top) * (height - 4);
  return (
    <>
      <svg className={classes.bars} viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" aria-hidden="true">
        <path d={`M0 ${height - 0.5}H${width}`} stroke="var(--line)" />
        {points.map((p, i) => {
          const failed = Math.max(tall(p.failures), p.failures > 0 ? 2 : 0);
          const rest = tall(quietOf(p));
          return (
            <g key={p.time}>
              <title>
                {t('traffic.bar', {
                  time: format.exact(new Date(p.time)),
                  requests: format.number(quietOf(p) + p.failures),
                  failures: format.number(p.failures),
                })}
              </title>
              <rect x={i * step} y={0} width={step - gap} height={height} fill="transparent" />
              <rect x={i * step} y={height - rest} width={step - gap} height={rest} fill="var(--spark)" />
              <rect x={i * step} y={height - rest - failed} width={step - gap} height={failed} fill="var(--invalid)" />
            </g>
          );
        })}
      </svg>
      <div className="hidden-text">
        <table>
          <caption>{t('traffic.title')}</caption>
          <thead>
            <tr>
              <th scope="col">{t('traffic.from')}</th>
              <th scope="col">{t('traffic.requests')}</th>
              <th scope="col">{t('traffic.failures')}</th>
            </tr>
          </thead>
          <tbody>
            {points.map((p) => (
              <tr key={p.time}>
                <th scope="row">{format.exact(new Date(p.time))}</th>
                <td>{format.number(quietOf(p) + p.failures)}</td>
                <td>{format.number(p.failures)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
