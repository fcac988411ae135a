/** What came by in one part of a window. */
export interface Point {
  successes: number;
  /** Faults of clients: requests like others, and no failures of ours. */
  clientFaults: number;
  failures: number;
}

export function quietOf(point: Point): number {
  return point.successes + point.clientFaults;
}

interface SparkBarsProps {
  points: readonly Point[];
  className?: string;
}

const width = 96;
const height = 24;

/** The shape of a day in a row of a table: two paths, since there may be hundreds of rows. */
export function SparkBars({ points, className }: SparkBarsProps) {
  const top = Math.max(1, ...points.map((p) => quietOf(p) + p.failures));
  const step = width / Math.max(1, points.length);
  const bar = (i: number, from: number, to: number) =>
    to > from ? `M${i * step} ${height - (from / top) * height}h${step - 1}V${height - (to / top) * height}h${1 - step}Z` : '';
  return (
    <svg className={className} viewBox={`0 0 ${width} ${height}`} width={width} height={height} aria-hidden="true">
      <path d={`M0 ${height - 0.5}H${width}`} stroke="var(--line)" />
      <path d={points.map((p, i) => bar(i, 0, quietOf(p))).join('')} fill="var(--spark)" />
      <path d={points.map((p, i) => bar(i, quietOf(p), quietOf(p) + p.failures)).join('')} fill="var(--invalid)" />
    </svg>
  );
}
