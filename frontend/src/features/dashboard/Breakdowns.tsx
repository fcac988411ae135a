import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useQuery } from 'urql';
import { graphql } from '../../generated';
import { unkept } from '../../lib/unkept';
import { useNow } from '../../lib/useNow';
import { useVisible } from '../../lib/useVisible';
import { Breakdown } from './Breakdown';
import classes from './DashboardPage.module.css';
import type { DashboardSearch } from './search';
import { listWindowOf } from './window';

const breakdowns = graphql(`
  query DashboardBreakdowns($from: Time!, $to: Time!, $groupId: ID) {
    groups: breakdown(by: GROUP, from: $from, to: $to, groupId: $groupId, first: 6) {
      ...Breakdown_row
    }
    models: breakdown(by: MODEL, from: $from, to: $to, groupId: $groupId, first: 6) {
      ...Breakdown_row
    }
    statuses: breakdown(by: STATUS, from: $from, to: $to, groupId: $groupId, first: 6) {
      ...Breakdown_row
    }
  }
`);

interface BreakdownsProps {
  search: DashboardSearch;
  groupId: string | undefined;
  ready: boolean;
  onSearch: (change: Partial<DashboardSearch>, how: 'push') => void;
}

/** Who asked, for what, and how it was answered, over the chart's window. A name narrows the chart or opens the requests behind it. */
export function Breakdowns({ search, groupId, ready, onSearch }: BreakdownsProps) {
  const { t } = useTranslation();
  const [from, to] = listWindowOf(search, useNow(60_000)).map((at) => new Date(at).toISOString()) as [string, string];
  const visible = useVisible();
  const [{ data, error }, ask] = useQuery({
    query: breakdowns,
    variables: { from, to, groupId },
    pause: !ready || !visible,
    context: unkept,
  });
  const state = { error, onRetry: () => ask(unkept) };
  return (
    <div className={classes.lists}>
      <Breakdown
        title={t('nav.groups')}
        rows={data?.groups}
        {...state}
        link={(name) => (
          <button type="button" onClick={() => onSearch({ group: name }, 'push')}>
            {name}
          </button>
        )}
      />
      <Breakdown
        title={t('dashboard.models')}
        rows={data?.models}
        {...state}
        link={(name) => (
          <button type="button" onClick={() => onSearch({ model: name, by: undefined }, 'push')}>
            <code>{name}</code>
          </button>
        )}
      />
      <Breakdown
        title={t('dashboard.statuses')}
        rows={data?.statuses}
        {...state}
        link={(name) => (
          <Link
            to="/requests"
            search={{ from, to: search.range?.includes('..') ? to : undefined, group: search.group, status: name }}
          >
            {name === '0' ? t('dashboard.noAnswer') : name}
          </Link>
        )}
      />
    </div>
  );
}
