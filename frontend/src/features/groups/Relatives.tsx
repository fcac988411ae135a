import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Panel } from '../../components/Panel';
import { type FragmentType, graphql, readFragment } from '../../generated';
import { useFormat } from '../../lib/format';
import { tiersOf } from './members';
import classes from './OverviewTab.module.css';
import { sharesOf } from './shares';

const groupFragment = graphql(`
  fragment Relatives_group on Group {
    name
    parents {
      id
      name
    }
    members: subGroups {
      weight
      priority
      group {
        id
        name
      }
    }
  }
`);

/** The aggregates a group answers for, and the groups that answer for it. Nothing while it has neither. */
export function Relatives({ group }: { group: FragmentType<typeof groupFragment> }) {
  const { t } = useTranslation();
  const format = useFormat();
  const g = readFragment(groupFragment, group);
  const members = g.members.map((m) => ({ id: m.group.id, name: m.group.name, weight: m.weight, priority: m.priority }));
  return (
    <>
      {members.length > 0 && (
        <Panel title={t('group.tab.members')}>
          <ul className={classes.list}>
            {tiersOf(members).flatMap((tier, at) => {
              const shares = sharesOf(tier.members.map((m) => m.weight));
              return tier.members.map((m, i) => (
                <li key={m.id}>
                  <Link to="/groups/$name" params={{ name: m.name }}>
                    {m.name}
                  </Link>
                  <span className={classes.quiet}>
                    {t(at === 0 ? 'members.first' : 'members.then')} · {format.percent(shares[i] ?? 0)}
                  </span>
                </li>
              ));
            })}
          </ul>
        </Panel>
      )}
      {g.parents.length > 0 && (
        <Panel title={t('group.parents')}>
          <ul className={classes.list}>
            {g.parents.map((p) => (
              <li key={p.id}>
                <Link to="/groups/$name" params={{ name: p.name }}>
                  {p.name}
                </Link>
              </li>
            ))}
          </ul>
        </Panel>
      )}
    </>
  );
}
