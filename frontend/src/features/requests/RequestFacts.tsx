import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { type FragmentType, graphql, readFragment } from '../../generated';
import { useFormat } from '../../lib/format';
import classes from './RequestDrawer.module.css';

const factsFragment = graphql(`
  fragment RequestFacts_request on RequestLog {
    time
    groupName
    parentGroupName
    method
    path
    model
    upstreamModel
    stream
    proxyKeyFingerprint
    clientIp
    userAgent
    requestBytes
    responseBytes
    inputTokens
    outputTokens
    cachedTokens
    reasoningTokens
    upstreamRequestId
    requestBody
  }
`);

/** What is true of the request as a whole, from its last attempt. What is unknown is left out. */
export function RequestFacts({ request }: { request: FragmentType<typeof factsFragment> }) {
  const { t } = useTranslation();
  const format = useFormat();
  const r = readFragment(factsFragment, request);
  const count = (value: number | null) => (value === null ? null : format.number(value));
  const facts: [label: string, value: ReactNode][] = [
    [t('requests.time'), format.exact(new Date(r.time))],
    [t('groups.group'), r.parentGroupName ? `${r.parentGroupName} → ${r.groupName}` : r.groupName],
    [t('request.path'), <code key="path">{`${r.method} ${r.path}`}</code>],
    [t('requests.model'), r.model && <code>{r.upstreamModel ? `${r.model} → ${r.upstreamModel}` : r.model}</code>],
    [t('request.inputTokens'), count(r.inputTokens)],
    [t('request.cachedTokens'), r.cachedTokens ? count(r.cachedTokens) : null],
    [t('request.outputTokens'), count(r.outputTokens)],
    [t('request.reasoningTokens'), r.reasoningTokens ? count(r.reasoningTokens) : null],
    [t('request.bytes'), `${format.bytes(r.requestBytes)} → ${format.bytes(r.responseBytes)}`],
    [t('request.proxyKey'), r.proxyKeyFingerprint && <code>{r.proxyKeyFingerprint}</code>],
    [t('request.caller'), `${r.clientIp} ${r.userAgent}`.trim()],
    [t('request.upstreamId'), r.upstreamRequestId && <code>{r.upstreamRequestId}</code>],
  ];
  return (
    <>
      <dl className={classes.facts}>
        {facts.map(([label, value]) =>
          value ? (
            <div key={label}>
              <dt>{label}</dt>
              <dd>{value}</dd>
            </div>
          ) : null,
        )}
      </dl>
      {r.requestBody && (
        <section>
          <h2>{t('request.body')}</h2>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable */}
          <pre className={classes.body} tabIndex={0}>
            {r.requestBody}
          </pre>
        </section>
      )}
    </>
  );
}
