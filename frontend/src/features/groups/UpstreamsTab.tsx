import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { useClient, useQuery } from 'urql';
import { Loaded } from '../../components/Loaded';
import { Panel } from '../../components/Panel';
import { graphql } from '../../generated';
import type { UpstreamsTabQuery } from '../../generated/graphql';
import { useVisible } from '../../lib/useVisible';
import { EditBar } from './EditBar';
import classes from './Rows.module.css';
import { AddRow } from './RowTools';
import { freshId } from './rows';
import { sharesOf } from './shares';
import { UpstreamRow } from './UpstreamRow';
import { useGroupEdit } from './useGroupEdit';

const upstreamsTab = graphql(`
  query UpstreamsTab($id: ID!) {
    group(id: $id) {
      id
      version
      upstreams {
        url
        weight
        enabled
        ...UpstreamHealth_upstream
      }
    }
  }
`);

type Group = NonNullable<UpstreamsTabQuery['group']>;

/** One row while it is edited. The id tells rows apart whose address is being typed. */
interface Row {
  id: string;
  url: string;
  weight: number;
  enabled: boolean;
}

/** How often health is asked for, which no subscription brings. */
const healthEvery = 10_000;

export function UpstreamsTab({ group }: { group: { id: string } }) {
  const query = useQuery({ query: upstreamsTab, variables: { id: group.id } });
  const [, refetch] = query;
  const visible = useVisible();
  useEffect(() => {
    if (!visible) return;
    const timer = window.setInterval(() => refetch({ requestPolicy: 'network-only' }), healthEvery);
    return () => window.clearInterval(timer);
  }, [refetch, visible]);
  return (
    <Loaded query={query} height={240}>
      {(data) => data.group && <Upstreams group={data.group} />}
    </Loaded>
  );
}

function rowsOf(group: Group): Row[] {
  return group.upstreams.map(({ url, weight, enabled }) => ({ id: url, url, weight, enabled }));
}

function Upstreams({ group }: { group: Group }) {
  const { t } = useTranslation();
  const client = useClient();
  const edit = useGroupEdit<Row[]>({
    id: group.id,
    version: group.version,
    value: rowsOf(group),
    lines: (rows) =>
      Object.fromEntries(
        rows.map((r) => [
          r.url || r.id,
          {
            label: r.url || t('upstreams.fresh'),
            text: t(r.enabled ? 'upstreams.line' : 'upstreams.lineOff', { weight: r.weight }),
          },
        ]),
      ),
    input: (rows) => ({ upstreams: rows.map(({ url, weight, enabled }) => ({ url, weight, enabled })) }),
    fields: (rows) => rows.flatMap((_, i) => [`upstreams.${i}.url`, `upstreams.${i}.weight`]),
    async reload() {
      const { data } = await client.query(upstreamsTab, { id: group.id }, { requestPolicy: 'network-only' }).toPromise();
      return data?.group ? { version: data.group.version, value: rowsOf(data.group) } : undefined;
    },
  });
  const rows = edit.value;
  const shares = sharesOf(rows.map((r) => (r.enabled ? r.weight : 0)));
  const change = (id: string, part: Partial<Row>) => edit.change(rows.map((r) => (r.id === id ? { ...r, ...part } : r)));

  return (
    <>
      <Panel title={t('upstreams.title')}>
        <ul className={classes.rows}>
          {rows.map((row, i) => (
            <UpstreamRow
              key={row.id}
              groupId={group.id}
              row={row}
              share={shares[i] ?? 0}
              saved={group.upstreams.find((u) => u.url === row.id)}
              faults={{ url: edit.faults[`upstreams.${i}.url`], weight: edit.faults[`upstreams.${i}.weight`] }}
              onChange={(part) => change(row.id, part)}
              onRemove={() => edit.change(rows.filter((r) => r.id !== row.id))}
            />
          ))}
        </ul>
        <AddRow
          label={t('upstreams.add')}
          onClick={() => edit.change([...rows, { id: freshId(rows), url: '', weight: 1, enabled: true }])}
        />
      </Panel>
      <EditBar bar={edit.bar} />
    </>
  );
}
