import { Button } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useCopy } from '../../components/CopyButton';
import { type FragmentType, graphql, readFragment } from '../../generated';
import { curlOf } from './curl';
import classes from './RequestDrawer.module.css';
import type { RequestsSearch } from './search';

const alikeFragment = graphql(`
  fragment Alike_request on RequestLog {
    groupName
    parentGroupName
    group {
      id
      endpoint
    }
    dialect
    method
    path
    model
    keyFingerprint
    proxyKeyId
    clientIp
    requestBody
  }
`);

/** Where a request leads on to: itself as a command, and those that share something with it. */
export function Alike({ request }: { request: FragmentType<typeof alikeFragment> }) {
  const { t } = useTranslation();
  const r = readFragment(alikeFragment, request);
  const asked = r.parentGroupName ?? r.groupName;
  const base = r.group?.endpoint.replace(/[^/]*$/, '') ?? `${window.location.origin}/proxy/`;
  const { dialect, method, path } = r;
  const command = curlOf({ endpoint: base + encodeURIComponent(asked), dialect, method, path, body: r.requestBody });
  const [done, copy] = useCopy();
  const links: [label: string, search: RequestsSearch][] = [];
  if (r.keyFingerprint) links.push([t('request.sameKey'), { key: r.keyFingerprint }]);
  if (r.model) links.push([t('request.sameModel'), { model: r.model }]);
  if (r.proxyKeyId) links.push([t('request.sameProxyKey'), { proxyKey: r.proxyKeyId }]);
  if (r.clientIp) links.push([t('request.sameCaller'), { caller: r.clientIp }]);
  return (
    <div className={classes.alike}>
      <Button
        variant="default"
        leftSection={done ? <IconCheck size={16} /> : <IconCopy size={16} />}
        onClick={() => copy(command)}
      >
        {done ? t('copy.done') : t('request.copyCurl')}
      </Button>
      <nav aria-label={t('request.alike')}>
        {links.map(([label, search]) => (
          <Link key={label} to="/requests" search={search}>
            {label}
          </Link>
        ))}
      </nav>
    </div>
  );
}
