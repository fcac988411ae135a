import { Button } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useQuery } from 'urql';
import { AuditEvents } from '../../components/AuditEvents';
import { Loaded } from '../../components/Loaded';
import { Panel } from '../../components/Panel';
import { Empty } from '../../components/States';
import { graphql } from '../../generated';

const historyTab = graphql(`
  query HistoryTab($groupId: ID!, $after: String) {
    auditLog(groupId: $groupId, first: 50, after: $after) {
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

/** Who changed this group, its keys and its proxy keys. */
export function HistoryTab({ group }: { group: { id: string } }) {
  const { t } = useTranslation();
  // Where each page shown so far begins.
  const [pages, setPages] = useState<(string | null)[]>([null]);
  return (
    <Panel title={t('history.title')}>
      {pages.map((after) => (
        <HistoryPage
          key={after ?? ''}
          groupId={group.id}
          after={after}
          last={after === pages[pages.length - 1]}
          onMore={(next) => setPages([...pages, next])}
        />
      ))}
    </Panel>
  );
}

interface HistoryPageProps {
  groupId: string;
  after: string | null;
  last: boolean;
  onMore: (after: string) => void;
}

function HistoryPage({ groupId, after, last, onMore }: HistoryPageProps) {
  const { t } = useTranslation();
  const query = useQuery({ query: historyTab, variables: { groupId, after } });
  return (
    <Loaded query={query} height={240}>
      {({ auditLog: { edges, pageInfo } }) => (
        <>
          {edges.length === 0 && <Empty title={t('history.none')}>{t('history.noneNext')}</Empty>}
          <AuditEvents events={edges.map((e) => e.node)} />
          {last && pageInfo.hasNextPage && (
            <Button variant="default" onClick={() => onMore(pageInfo.endCursor ?? '')}>
              {t('history.older')}
            </Button>
          )}
        </>
      )}
    </Loaded>
  );
}
