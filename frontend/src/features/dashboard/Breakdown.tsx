import { Skeleton } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { CombinedError } from 'urql';
import { Panel } from '../../components/Panel';
import { Failed } from '../../components/States';
import { type FragmentType, graphql, readFragment } from '../../generated';
import { useFormat } from '../../lib/format';
import { coloursOf, restColour } from '../../lib/palette';
import classes from './Breakdown.module.css';
import { rest } from './lenses';

const rowFragment = graphql(`
  fragment Breakdown_row on BreakdownRow {
    name
    requests
    failures
    p95Ms
    previousRequests
  }
`);

interface BreakdownProps {
  title: string;
  rows: readonly FragmentType<typeof rowFragment>[] | undefined;
  error: CombinedError | undefined;
  onRetry: () => void;
  /** What a name leads to. */
  link: (name: string) => ReactNode;
}

/** Names by how much they were asked: a bar with its failed part, the figure, and the change since the window before. */
export function Breakdown({ title, rows, error, onRetry, link }: BreakdownProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const list = readFragment(rowFragment, rows)?.filter((r) => r.requests > 0 || (r.name !== rest && r.previousRequests > 0));
  const top = Math.max(...(list?.map((r) => r.requests) ?? []), 1);
  const colours = coloursOf(list?.map((r) => r.name).filter((name) => name !== rest) ?? []);
  return (
    <Panel title={title} aside={<span className={classes.unit}>{t('dashboard.unit')}</span>}>
      {!list && error && <Failed error={error} onRetry={onRetry} />}
      {!list && !error && <Skeleton height={200} />}
      {list?.length === 0 && <p className={classes.quiet}>{t('dashboard.nothing')}</p>}
      <ul className={classes.list}>
        {list?.map((r) => (
          <li key={r.name}>
            <span className={classes.name}>{r.name === rest ? t('dashboard.rest') : link(r.name)}</span>
            <span className={classes.figure}>{format.number(r.requests)}</span>
            <span className={classes.change}>
              {r.previousRequests > 0 ? format.change(r.previousRequests, r.requests) : t('dashboard.fresh')}
            </span>
            <span className={classes.bar}>
              <span
                data-mark=""
                style={{
                  width: `${(100 * (r.requests - r.failures)) / top}%`,
                  background: `var(${colours.get(r.name) ?? restColour})`,
                }}
              />
              <span className={classes.failed} data-mark="" style={{ width: `${(100 * r.failures) / top}%` }} />
            </span>
            <span className={classes.note}>
              {r.failures > 0 &&
                r.failures < r.requests &&
                t('dashboard.failedShare', { share: format.percent(r.failures / r.requests) })}
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
