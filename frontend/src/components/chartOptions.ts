import uPlot from 'uplot';

export interface ChartSeries {
  name: string;
  /** A token of tokens.css. */
  colour: string;
  values: readonly (number | null)[];
  dash?: number[];
}

export interface ChartFrame {
  /** When each bucket begins, and at last where the last one ends, in seconds since 1970. */
  edges: readonly number[];
  /** Columns that stand one on another; else lines. */
  stacked: boolean;
  locale: string;
  /** IANA name of the zone whose days the axis shows. */
  zone: string;
  say: (value: number) => string;
  /** A token's colour as a canvas takes it. */
  paint: (token: string) => string;
}

/** What uPlot draws. It stacks nothing, so columns come as sums, the highest first, each painted over by the next. */
export function chartData({ edges, stacked }: ChartFrame, series: readonly ChartSeries[]): uPlot.AlignedData {
  const times = edges.slice(0, -1);
  if (!stacked) return [times, ...series.map((s) => [...s.values])];
  const below = times.map(() => 0);
  const sums = series.map((s) => times.map((_, i) => (below[i] = (below[i] ?? 0) + (s.values[i] ?? 0))));
  return [times, ...sums.reverse()];
}

/** The bucket that a time lies in. */
export function bucketAt(edges: readonly number[], time: number): number {
  const after = edges.findIndex((edge) => edge > time);
  return Math.max(0, (after === -1 ? edges.length - 1 : after) - 1);
}

const day = 86_400;

export function chartOptions(
  frame: ChartFrame,
  series: readonly ChartSeries[],
  size: { width: number; height: number },
): uPlot.Options {
  const { edges, stacked, paint, say, zone } = frame;
  const drawn = stacked ? [...series].reverse() : series;
  const stroke = paint('--ink-2');
  const font = `12px ${paint('--sans')}`;
  return {
    ...size,
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), zone),
    padding: [8, 8, 0, 0],
    legend: { show: false },
    scales: {
      x: { time: true, range: [edges[0] ?? 0, edges.at(-1) ?? 1] },
      y: { range: (_, __, top) => [0, (top || 1) * 1.06] },
    },
    axes: [
      {
        stroke,
        font,
        grid: { show: false },
        ticks: { stroke: paint('--line'), width: 1, size: 4 },
        space: 72,
        size: 28,
        values: (_, splits, __, ___, step) => splits.map((at, i) => timeLabel(frame, at, step, splits[i - 1])),
      },
      {
        stroke,
        font,
        size: 56,
        space: 64,
        grid: { stroke: paint('--line'), width: 1 },
        ticks: { show: false },
        values: (_, splits) => splits.map(say),
      },
    ],
    series: [{}, ...drawn.map((s) => (stacked ? column(paint(s.colour)) : line(paint(s.colour), s.dash)))],
    cursor: {
      y: false,
      points: { show: !stacked },
      drag: { x: true, y: false, setScale: false },
      dataIdx: (_, __, nearest, x) => (stacked ? bucketAt(edges, x) : nearest),
    },
  };
}

const columns = uPlot.paths.bars?.({ size: [0.86, 72], align: 1 });

function column(colour: string): uPlot.Series {
  return { fill: colour, width: 0, paths: columns, points: { show: false } };
}

function line(colour: string, dash?: number[]): uPlot.Series {
  return { stroke: colour, width: 1.5, dash, points: { size: 4, fill: colour } };
}

/** The time of day, and the day where one begins; whole days by their date. */
function timeLabel({ locale, zone }: ChartFrame, at: number, step: number, before?: number): string {
  const date = new Date(at * 1000);
  const dayOf = new Intl.DateTimeFormat(locale, { timeZone: zone, month: 'short', day: 'numeric' });
  const name = dayOf.format(date);
  if (step >= day) return name;
  const newDay = before !== undefined && dayOf.format(new Date(before * 1000)) !== name;
  if (newDay) return name;
  return new Intl.DateTimeFormat(locale, { timeZone: zone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(date);
}
