import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { CopyButton } from '../../components/CopyButton';
import { KeyBar } from '../../components/KeyBar';
import { type FragmentType, graphql, readFragment } from '../../generated';
import { useFormat } from '../../lib/format';
import { GroupState } from './GroupState';
import classes from './GroupsPage.module.css';
import { SparkBars } from './SparkBars';

export const groupRow = graphql(`
  fragment GroupRow_group on Group {
    id
    name
    displayName
    dialect
    kind
    endpoint
    keyCounts {
      total
      ...KeyBar_counts
    }
    subGroups {
      weight
    }
    traffic {
      requests
      errorRate
    }
    spark {
      successes
      clientFaults
      failures
    }
    p95Ms
    ...GroupState_group
  }
`);

interface GroupRowProps {
  group: FragmentType<typeof groupRow>;
  handle?: ReactNode;
  /** Where a dragged row would land: above this one, or below. */
  drop?: 'above' | 'below';
  onDragOver?: (event: React.DragEvent<HTMLTableRowElement>) => void;
  onDrop?: () => void;
}

/** How a group stands, at a glance. */
export function GroupRow({ group, handle, drop, onDragOver, onDrop }: GroupRowProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const g = readFragment(groupRow, group);
  const aggregate = g.kind === 'AGGREGATE';
  return (
    <tr data-drop={drop} onDragOver={onDragOver} onDrop={onDrop}>
      <td className={classes.grip}>{handle}</td>
      <th scope="row" className={classes.name}>
        <Link to="/groups/$name" params={{ name: g.name }} className={classes.link} draggable={false}>
          {g.displayName || g.name}
        </Link>
        <span className={classes.sub}>
          {g.displayName && <code>{g.name}</code>}
          <span>{t(`dialect.${g.dialect}`)}</span>
          {aggregate && <span>{t('groups.aggregate')}</span>}
        </span>
      </th>
      <td className={classes.state}>
        <GroupState group={g} />
      </td>
      <td className={classes.keys}>
        {aggregate ? (
          t('groups.members', { count: g.subGroups.length })
        ) : (
          <>
            <KeyBar counts={g.keyCounts} />
            <span className={classes.count}>
              {t('keys.count', { count: g.keyCounts.total, shown: format.number(g.keyCounts.total) })}
            </span>
          </>
        )}
      </td>
      <td className={classes.spark}>
        <SparkBars points={g.spark} />
      </td>
      <td className={classes.right} data-label={t('groups.requests')}>
        {format.number(g.traffic.requests)}
      </td>
      <td className={classes.right} data-label={t('groups.errors')}>
        {g.traffic.requests > 0 ? format.percent(g.traffic.errorRate) : '–'}
      </td>
      <td className={`${classes.right} ${classes.seldom}`}>{g.p95Ms === null ? '–' : format.duration(g.p95Ms)}</td>
      <td className={classes.copy}>
        <CopyButton value={g.endpoint} label={t('groups.copyEndpoint', { name: g.name })} />
      </td>
    </tr>
  );
}
