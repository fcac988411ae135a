import { useTranslation } from 'react-i18next';
import { useQuery, useSubscription } from 'urql';
import { graphql } from '../generated';
import classes from './Frame.module.css';

const version = graphql(`
  query Version {
    build {
      version
      commit
    }
    nodes {
      id
    }
  }
`);

const nodesChanged = graphql(`
  subscription FrameNodes {
    nodesChanged {
      id
    }
  }
`);

/** What runs, and on how many nodes. */
export function Version() {
  const { t } = useTranslation();
  const [{ data }] = useQuery({ query: version, requestPolicy: 'cache-first' });
  const [{ data: live }] = useSubscription({ query: nodesChanged });
  const nodes = (live?.nodesChanged ?? data?.nodes)?.length;
  return (
    <p className={classes.version}>
      <code title={data?.build.commit}>{data?.build.version ?? ' '}</code>
      {nodes !== undefined && <span>{t('frame.nodes', { count: nodes })}</span>}
    </p>
  );
}
