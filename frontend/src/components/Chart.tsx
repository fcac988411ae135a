import 'uplot/dist/uPlot.min.css';
import { useComputedColorScheme } from '@mantine/core';
import { type KeyboardEvent, useEffect, useEffectEvent, useId, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import uPlot from 'uplot';
import classes from './Chart.module.css';
import { type ChartSeries, chartData, chartOptions } from './chartOptions';

interface ChartProps {
  /** What is drawn, in words. */
  label: string;
  edges: readonly number[];
  series: readonly ChartSeries[];
  stacked: boolean;
  zone: string;
  say: (value: number) => string;
  /** The bucket under the pointer or the arrow keys; null when there is none. */
  onBucket: (index: number | null) => void;
  /** A stretch was brushed, clicked or entered: seconds since 1970. */
  onZoom: (from: number, to: number) => void;
  /** When a bucket is, in words. */
  sayTime: (index: number) => string;
}

const height = 260;

/** A chart of buckets over time: brush or Enter zooms, arrow keys move, and a hidden table holds the same figures. */
export function Chart(props: ChartProps) {
  const { label, edges, series, say, sayTime, onBucket, onZoom } = props;
  const { t } = useTranslation();
  const help = useId();
  const host = useRef<HTMLDivElement>(null);
  const plot = usePlot(host, props);
  const [at, setAt] = useState<number | null>(null);
  const last = edges.length - 2;

  const figure = (value: number | null | undefined) => (value == null ? '–' : say(value));
  const sentence = (i: number) => `${sayTime(i)}: ${series.map((s) => `${s.name} ${figure(s.values[i])}`).join(', ')}`;

  function move(index: number | null) {
    setAt(index);
    onBucket(index);
    const u = plot.current;
    if (!u) return;
    const middle = index === null ? -1 : u.valToPos(((edges[index] ?? 0) + (edges[index + 1] ?? 0)) / 2, 'x');
    u.setCursor({ left: middle, top: index === null ? -1 : 0 }, false);
  }

  function press(e: KeyboardEvent) {
    const to = { ArrowLeft: Math.max(0, (at ?? last + 1) - 1), ArrowRight: Math.min(last, (at ?? -1) + 1), Home: 0, End: last }[
      e.key
    ];
    if (to !== undefined) move(to);
    else if (e.key === 'Enter' && at !== null) onZoom(edges[at] ?? 0, edges[at + 1] ?? 0);
    else if (e.key === 'Escape' && at !== null) move(null);
    else return;
    e.preventDefault();
  }

  return (
    <figure className={classes.chart}>
      {/* biome-ignore lint/a11y/useSemanticElements: a figure for eyes that keys can walk through is no fieldset */}
      <div
        className={classes.plot}
        role="group"
        aria-label={label}
        aria-describedby={help}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys need a place to stand
        tabIndex={0}
        onKeyDown={press}
        onBlur={() => at !== null && move(null)}
      >
        <div ref={host} aria-hidden="true" />
      </div>
      <p id={help} className="hidden-text">
        {t('chart.keys')}
      </p>
      <p className="hidden-text" role="status">
        {at !== null && at <= last ? sentence(at) : ''}
      </p>
      <div className="hidden-text">
        <table>
          <caption>{label}</caption>
          <thead>
            <tr>
              <th scope="col">{t('chart.time')}</th>
              {series.map((s) => (
                <th key={s.name} scope="col">
                  {s.name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {edges.slice(0, -1).map((edge, i) => (
              <tr key={edge}>
                <th scope="row">{sayTime(i)}</th>
                {series.map((s) => (
                  <td key={s.name}>{figure(s.values[i])}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </figure>
  );
}

/** Keeps one uPlot in the host: made anew when its frame changes, fed when its figures do. */
function usePlot(host: React.RefObject<HTMLDivElement | null>, props: ChartProps) {
  const { i18n } = useTranslation();
  const scheme = useComputedColorScheme();
  const plot = useRef<uPlot>(null);
  const { edges, series, stacked, zone, say } = props;
  const frame = { edges, stacked, locale: i18n.language, zone, say, paint };
  const look = JSON.stringify([
    scheme,
    i18n.language,
    stacked,
    zone,
    edges,
    series.map(({ name, colour, dash }) => [name, colour, dash]),
  ]);
  const values = JSON.stringify(series.map((s) => s.values));

  const hover = useEffectEvent((index: number | null) => props.onBucket(index));
  const zoom = useEffectEvent((from: number, to: number) => props.onZoom(from, to));
  const draw = useEffectEvent((element: HTMLElement) => {
    const options = chartOptions(frame, series, { width: element.clientWidth, height });
    options.hooks = {
      setCursor: [(u) => hover((u.cursor.left ?? -1) < 0 ? null : (u.cursor.idx ?? null))],
      setSelect: [
        (u) => {
          if (u.select.width < 4) return;
          zoom(u.posToVal(u.select.left, 'x'), u.posToVal(u.select.left + u.select.width, 'x'));
          u.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
        },
      ],
    };
    return new uPlot(options, chartData(frame, series), element);
  });
  const feed = useEffectEvent(() => plot.current?.setData(chartData(frame, series)));

  // biome-ignore lint/correctness/useExhaustiveDependencies: the look is what a chart is made from
  useEffect(() => {
    const element = host.current;
    if (!element) return;
    const made = draw(element);
    plot.current = made;
    const watch = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height }));
    watch.observe(element);
    return () => {
      watch.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [host, look]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: drawn again when a figure has changed, not with every render
  useEffect(() => feed(), [values]);

  return plot;
}

/** A token as the canvas takes it. */
function paint(token: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(token).trim();
}
