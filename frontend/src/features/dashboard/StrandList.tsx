import { useTranslation } from 'react-i18next';
import { highest, type Strand, sum } from './lenses';
import classes from './TrafficPanel.module.css';

interface StrandListProps {
  /** The window, or the bucket that is looked at. */
  title: string;
  strands: readonly Strand[];
  /** The bucket; null is the whole window. */
  at: number | null;
  adds: boolean;
  say: (value: number) => string;
}

/** What each colour stands for, with its figure: the chart's label and its read-out in one. The top of the stack comes first. */
export function StrandList({ title, strands, at, adds, say }: StrandListProps) {
  const { t } = useTranslation();
  const figure = (s: Strand) => {
    if (at !== null) return s.values[at] ?? null;
    return adds ? sum(s.values) : highest(s.values);
  };
  const listed = adds ? strands.toReversed() : strands;
  return (
    <div className={classes.strands}>
      <p className={classes.strandsTitle}>{title}</p>
      {strands.length === 0 && <p className={classes.none}>{t('dashboard.nothing')}</p>}
      <ul>
        {listed.map((s) => {
          const value = figure(s);
          return (
            <li key={s.name}>
              <svg width="12" height="12" aria-hidden="true">
                {adds ? (
                  <rect x="1" y="1" width="10" height="10" rx="2" fill={`var(${s.colour})`} />
                ) : (
                  <path d="M0 6h12" stroke={`var(${s.colour})`} strokeWidth="2" strokeDasharray={s.dash?.join(' ')} />
                )}
              </svg>
              <span className={classes.strandName}>{s.name}</span>
              <span className={classes.strandFigure}>{value === null ? '–' : say(value)}</span>
            </li>
          );
        })}
      </ul>
    </div>
  );
}
