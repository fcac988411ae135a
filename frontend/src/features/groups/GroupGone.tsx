import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useQuery } from 'urql';
import { Empty } from '../../components/States';
import { graphql } from '../../generated';
import type { GroupGoneQuery } from '../../generated/graphql';

const groupGone = graphql(`
  query GroupGone {
    groups {
      id
      name
    }
    auditLog(action: "updateGroup", first: 200) {
      edges {
        node {
          groupId
          before
          after
        }
      }
    }
  }
`);

/** What the group of an old name is called today, as far as the latest changes tell. */
function nameToday(data: GroupGoneQuery | undefined, old: string): string | undefined {
  const renamed = data?.auditLog.edges.find(({ node }) => node.before?.name === old && node.after?.name !== old);
  return data?.groups.find((g) => g.id === renamed?.node.groupId)?.name;
}

/** Nothing has this name; where it went, if it was renamed. */
export function GroupGone({ name }: { name: string }) {
  const { t } = useTranslation();
  const [{ data }] = useQuery({ query: groupGone });
  const today = nameToday(data, name);
  return (
    <Empty
      page
      title={t('group.gone', { name })}
      action={
        today ? (
          <Button renderRoot={(props) => <Link to="/groups/$name" params={{ name: today }} {...props} />}>{today}</Button>
        ) : (
          <Button variant="default" renderRoot={(props) => <Link to="/groups" {...props} />}>
            {t('group.all')}
          </Button>
        )
      }
    >
      {today && t('group.renamed', { name: today })}
    </Empty>
  );
}
