interface SparkProps {
  /** Oldest first; drawn from the right edge, so that a young spark grows in from there. */
  values: readonly number[];
  /** How many values fill the width. */
  span: number;
  className?: string;
}

const width = 120;
const height = 24;

/** A minute's shape without figures; the figure stands beside it. */
export function Spark({ values, span, className }: SparkProps) {
  const top = Math.max(...values, 0) || 1;
  const step = width / (span - 1);
  const points = values.slice(-span).map((value, i, shown) => {
    const x = width - (shown.length - 1 - i) * step;
    const y = height - 1 - (value / top) * (height - 3);
    return `${x.toFixed(1)} ${y.toFixed(1)}`;
  });
  return (
    <svg className={className} viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" aria-hidden="true">
      <path d={`M0 ${height - 0.5}H${width}`} stroke="var(--line)" fill="none" vectorEffect="non-scaling-stroke" />
      {points.length > 1 && (
        <path d={`M${points.join('L')}`} stroke="var(--spark)" strokeWidth="1.5" fill="none" vectorEffect="non-scaling-stroke" />
      )}
    </svg>
  );
}
