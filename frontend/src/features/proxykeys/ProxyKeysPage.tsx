import { Button } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useQuery } from 'urql';
import { Loaded } from '../../components/Loaded';
import { PageHead } from '../../components/Panel';
import { Empty } from '../../components/States';
import { TimeAgo } from '../../components/TimeAgo';
import { graphql, readFragment } from '../../generated';
import type { ProxyKeysPage_KeyFragment } from '../../generated/graphql';
import { MakeProxyKey } from './MakeProxyKey';
import classes from './ProxyKeysPage.module.css';
import { RemoveProxyKey } from './RemoveProxyKey';

const keyFragment = graphql(`
  fragment ProxyKeysPage_key on ProxyKey {
    id
    masked
    fingerprint
    notes
    createdAt
    lastUsedAt
    group {
      id
      name
    }
  }
`);

const proxyKeysPage = graphql(`
  query ProxyKeysPage {
    settings {
      proxyKeys {
        ...ProxyKeysPage_key
      }
    }
    groups {
      id
      name
      proxyKeys {
        ...ProxyKeysPage_key
      }
    }
  }
`);

type ProxyKey = ProxyKeysPage_KeyFragment;

/** Who may come in: keys for every group first, then each group's own. */
export function ProxyKeysPage() {
  const { t } = useTranslation();
  const query = useQuery({ query: proxyKeysPage });
  const [making, setMaking] = useState(false);
  const [removing, setRemoving] = useState<ProxyKey>();
  const reload = () => query[1]({ requestPolicy: 'network-only' });
  return (
    <>
      <PageHead title={t('nav.proxyKeys')} note={t('proxyKeys.note')}>
        <Button leftSection={<IconPlus size={16} />} onClick={() => setMaking(true)}>
          {t('proxyKeys.make')}
        </Button>
      </PageHead>
      <Loaded query={query} height={240}>
        {({ settings, groups }) => {
          const keys = readFragment(keyFragment, [...settings.proxyKeys, ...groups.flatMap((g) => g.proxyKeys)]);
          return (
            <>
              {keys.length === 0 ? (
                <Empty title={t('proxyKeys.none')}>{t('proxyKeys.noneNext')}</Empty>
              ) : (
                <Table keys={keys} onRemove={setRemoving} />
              )}
              {making && <MakeProxyKey groups={groups} onMade={reload} onClose={() => setMaking(false)} />}
              {removing && <RemoveProxyKey proxyKey={removing} onRemoved={reload} onClose={() => setRemoving(undefined)} />}
            </>
          );
        }}
      </Loaded>
    </>
  );
}

function Table({ keys, onRemove }: { keys: readonly ProxyKey[]; onRemove: (key: ProxyKey) => void }) {
  const { t } = useTranslation();
  return (
    <table className={classes.table}>
      <thead>
        <tr>
          <th scope="col">{t('proxyKeys.key')}</th>
          <th scope="col">{t('proxyKeys.opens')}</th>
          <th scope="col">{t('proxyKeys.notes')}</th>
          <th scope="col">{t('proxyKeys.made')}</th>
          <th scope="col">{t('proxyKeys.used')}</th>
          <th scope="col">
            <span className="hidden-text">{t('proxyKeys.remove')}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {keys.map((k) => (
          <tr key={k.id}>
            <td className={classes.key}>
              <Link to="/requests" search={{ proxyKey: k.id }} title={t('proxyKeys.requests')}>
                <code>{k.masked}</code>
              </Link>{' '}
              <code className={classes.fingerprint}>{k.fingerprint}</code>
            </td>
            <td>
              {k.group ? (
                <Link to="/groups/$name" params={{ name: k.group.name }}>
                  {k.group.name}
                </Link>
              ) : (
                t('proxyKeys.every')
              )}
            </td>
            <td className={classes.notes}>{k.notes}</td>
            <td className={classes.time} data-label={t('proxyKeys.made')}>
              <TimeAgo at={k.createdAt} />
            </td>
            <td className={classes.time} data-label={t('proxyKeys.used')}>
              {k.lastUsedAt ? <TimeAgo at={k.lastUsedAt} /> : t('proxyKeys.never')}
            </td>
            <td className={classes.act}>
              <Button
                size="xs"
                variant="subtle"
                color="gray"
                aria-label={t('proxyKeys.removeOne', { name: k.masked })}
                onClick={() => onRemove(k)}
              >
                {t('proxyKeys.remove')}
              </Button>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
