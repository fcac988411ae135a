import { Skeleton } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useQuery } from 'urql';
import { PageHead } from '../../components/Panel';
import { Failed } from '../../components/States';
import { graphql } from '../../generated';
import type { Dialect, GroupKind } from '../../generated/graphql';
import { GroupGone } from './GroupGone';
import { GroupHead } from './GroupHead';
import { GroupTabs } from './GroupTabs';

const groupPage = graphql(`
  query GroupPage($name: String!) {
    group(name: $name) {
      id
      name
      kind
      dialect
      ...GroupHead_group
    }
  }
`);

interface GroupPageProps {
  name: string;
  onDeleted: () => void;
  onCopied: (name: string) => void;
  /** What stands below the tabs, once the group is known. */
  children: (group: { id: string; name: string; kind: GroupKind; dialect: Dialect }) => ReactNode;
}

/** A group's head and tabs, the same on every tab. */
export function GroupPage({ name, onDeleted, onCopied, children }: GroupPageProps) {
  const [{ data, error }, refetch] = useQuery({ query: groupPage, variables: { name } });

  if (error && !data) return <Failed error={error} onRetry={() => refetch({ requestPolicy: 'network-only' })} />;
  if (!data) return <Loading name={name} />;
  const group = data.group;
  if (!group) return <GroupGone name={name} />;
  return (
    <>
      <GroupHead group={group} onDeleted={onDeleted} onCopied={onCopied} />
      <GroupTabs name={group.name} kind={group.kind} />
      {children(group)}
    </>
  );
}

function Loading({ name }: { name: string }) {
  const { t } = useTranslation();
  return (
    <div role="status" aria-label={t('loading')}>
      <PageHead title={name} />
      <Skeleton height={480} />
    </div>
  );
}
