import { Tooltip } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { type FragmentType, graphql, readFragment } from '../generated';
import { useFormat } from '../lib/format';
import classes from './KeyBar.module.css';
import { Lamp } from './Lamp';

const countsFragment = graphql(`
  fragment KeyBar_counts on KeyCounts {
    total
    active
    invalid
    disabled
    cooling
  }
`);

const parts = ['living', 'cooling', 'invalid', 'disabled'] as const;
type Part = (typeof parts)[number];

export interface KeyBarProps {
  counts: FragmentType<typeof countsFragment>;
  /** With a line of lamps and figures below; without, the figures come on hover and focus. */
  legend?: boolean;
}

/** How a pool stands, in four parts of one bar. */
export function KeyBar({ counts, legend = false }: KeyBarProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { total, active, invalid, disabled, cooling } = readFragment(countsFragment, counts);
  const figures: Record<Part, number> = { living: active - cooling, cooling, invalid, disabled };
  const shown = parts.filter((part) => figures[part] > 0 || (part === 'living' && total > 0));
  const said =
    total === 0 ? t('keys.none') : shown.map((part) => `${format.number(figures[part])} ${t(`lamp.${part}`)}`).join(' · ');

  const bar = (
    <span className={classes.bar} role="img" aria-label={`${t('keys.title')}: ${said}`} tabIndex={legend ? undefined : 0}>
      {shown.map((part) => (
        <span
          key={part}
          className={classes.part}
          data-state={part}
          style={{ flexGrow: figures[part] }}
          hidden={figures[part] === 0}
        />
      ))}
    </span>
  );
  if (!legend) return <Tooltip label={said}>{bar}</Tooltip>;
  return (
    <div>
      {bar}
      <div className={classes.legend} aria-hidden="true">
        {total === 0
          ? t('keys.none')
          : shown.map((part) => (
              <Lamp key={part} state={part}>
                <b className={classes.figure}>{format.number(figures[part])}</b> {t(`lamp.${part}`)}
              </Lamp>
            ))}
      </div>
    </div>
  );
}
