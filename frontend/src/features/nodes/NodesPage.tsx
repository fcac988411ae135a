import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useQuery, useSubscription } from 'urql';
import { Lamp } from '../../components/Lamp';
import { Loaded } from '../../components/Loaded';
import { PageHead } from '../../components/Panel';
import { TimeAgo } from '../../components/TimeAgo';
import { graphql, readFragment } from '../../generated';
import { useFormat } from '../../lib/format';
import { useNow } from '../../lib/useNow';
import { useVisible } from '../../lib/useVisible';
import classes from './NodesPage.module.css';

const nodeFragment = graphql(`
  fragment NodesPage_node on Node {
    id
    hostname
    leader
    follower
    version
    startedAt
    lastSeenAt
    inFlight
  }
`);

const nodesPage = graphql(`
  query NodesPage {
    nodes {
      ...NodesPage_node
    }
  }
`);

const nodesChanged = graphql(`
  subscription NodesChanged {
    nodesChanged {
      ...NodesPage_node
    }
  }
`);

/** From so many milliseconds of silence on, a node is not simply late. */
const silence = 15_000;

/** Every process that serves this database, and what it does. */
export function NodesPage() {
  const { t } = useTranslation();
  const format = useFormat();
  const visible = useVisible();
  const query = useQuery({ query: nodesPage });
  const [live] = useSubscription(useMemo(() => ({ query: nodesChanged, pause: !visible }), [visible]));
  const now = useNow(1000);
  return (
    <>
      <PageHead title={t('nav.nodes')} note={t('nodes.note')} />
      <Loaded query={query} height={160}>
        {({ nodes }) => (
          <table className={classes.table}>
            <thead>
              <tr>
                <th scope="col">{t('nodes.host')}</th>
                <th scope="col">{t('nodes.state')}</th>
                <th scope="col">{t('nodes.version')}</th>
                <th scope="col">{t('nodes.started')}</th>
                <th scope="col">{t('nodes.seen')}</th>
                <th scope="col" className={classes.right}>
                  {t('nodes.inFlight')}
                </th>
              </tr>
            </thead>
            <tbody>
              {readFragment(nodeFragment, live.data?.nodesChanged ?? nodes).map((n) => {
                const silent = now - Date.parse(n.lastSeenAt) > silence;
                return (
                  <tr key={n.id}>
                    <td className={classes.host}>
                      <code>{n.hostname}</code> {n.leader && <span className={classes.tag}>{t('nodes.leader')}</span>}
                      {n.follower && <span className={classes.tag}>{t('nodes.follower')}</span>}
                    </td>
                    <td className={classes.state}>
                      <Lamp state={silent ? 'failing' : 'living'}>{t(silent ? 'nodes.silent' : 'nodes.serving')}</Lamp>
                    </td>
                    <td data-label={t('nodes.version')}>
                      <code>{n.version}</code>
                    </td>
                    <td data-label={t('nodes.started')}>
                      <TimeAgo at={n.startedAt} />
                    </td>
                    <td data-label={t('nodes.seen')}>
                      <TimeAgo at={n.lastSeenAt} />
                    </td>
                    <td className={classes.right} data-label={t('nodes.inFlight')}>
                      {format.number(n.inFlight)}
                    </td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        )}
      </Loaded>
    </>
  );
}
