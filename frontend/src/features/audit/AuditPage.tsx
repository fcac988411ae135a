import { Button, NativeSelect, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useQuery } from 'urql';
import { AuditEvents, auditActions } from '../../components/AuditEvents';
import { Loaded } from '../../components/Loaded';
import { PageHead, Panel } from '../../components/Panel';
import { Empty } from '../../components/States';
import { graphql } from '../../generated';
import { useSettled } from '../../lib/useSettled';
import classes from './AuditPage.module.css';
import { type AuditSearch, beginOf } from './search';

const auditPage = graphql(`
  query AuditPage($action: String, $actor: String, $from: Time, $after: String) {
    auditLog(action: $action, actor: $actor, from: $from, first: 50, after: $after) {
      edges {
        node {
          id
          ...AuditEvents_event
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`);

interface AuditPageProps {
  search: AuditSearch;
  onSearch: (change: Partial<AuditSearch>) => void;
}

/** Who changed what, and who looked at a secret. */
export function AuditPage({ search, onSearch }: AuditPageProps) {
  const { t } = useTranslation();
  const actor = useSettled(search.actor ?? '', (value) => onSearch({ actor: value || undefined }));
  const set = Boolean(search.action || search.actor || search.from);
  return (
    <>
      <PageHead title={t('nav.audit')} note={t('audit.note')} />
      <search className={classes.filters} aria-label={t('audit.filters')}>
        <NativeSelect
          label={t('audit.what')}
          value={search.action ?? ''}
          onChange={(e) => onSearch({ action: e.currentTarget.value || undefined })}
          data={[
            { value: '', label: t('audit.any') },
            ...auditActions.map((value) => ({ value, label: t(`audit.action.${value}`) })),
          ]}
        />
        <TextInput label={t('audit.actor')} placeholder={t('audit.anyone')} spellCheck={false} {...actor} />
        <TextInput
          label={t('audit.from')}
          type="date"
          value={search.from ?? ''}
          onChange={(e) => onSearch({ from: e.currentTarget.value || undefined })}
        />
        {set && (
          <Button variant="subtle" onClick={() => onSearch({ action: undefined, actor: undefined, from: undefined })}>
            {t('audit.clear')}
          </Button>
        )}
      </search>
      <Pages key={JSON.stringify(search)} search={search} />
    </>
  );
}

function Pages({ search }: { search: AuditSearch }) {
  // Where each page shown so far begins.
  const [pages, setPages] = useState<(string | null)[]>([null]);
  return (
    <Panel>
      {pages.map((after, i) => (
        <Page
          key={after ?? ''}
          search={search}
          after={after}
          onMore={i === pages.length - 1 ? (next) => setPages([...pages, next]) : undefined}
        />
      ))}
    </Panel>
  );
}

interface PageProps {
  search: AuditSearch;
  after: string | null;
  /** Given to the last page alone. */
  onMore?: (after: string) => void;
}

function Page({ search: { action, actor, from }, after, onMore }: PageProps) {
  const { t } = useTranslation();
  const query = useQuery({ query: auditPage, variables: { action, actor, from: from && beginOf(from), after } });
  return (
    <Loaded query={query} height={320}>
      {({ auditLog: { edges, pageInfo } }) => (
        <>
          {edges.length === 0 && <Empty title={t('audit.none')}>{t('audit.noneNext')}</Empty>}
          <AuditEvents events={edges.map((edge) => edge.node)} />
          {onMore && pageInfo.hasNextPage && (
            <Button variant="default" mt={8} onClick={() => onMore(pageInfo.endCursor ?? '')}>
              {t('audit.older')}
            </Button>
          )}
        </>
      )}
    </Loaded>
  );
}
