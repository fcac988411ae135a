import { Button, Skeleton, TextInput } from '@mantine/core';
import { IconPlus, IconSearch } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useClient, useQuery } from 'urql';
import { PageHead } from '../../components/Panel';
import { Empty, Failed } from '../../components/States';
import { graphql } from '../../generated';
import { useSettled } from '../../lib/useSettled';
import { GroupTable } from './GroupTable';

const groupsPage = graphql(`
  query GroupsPage {
    groups {
      id
      name
      displayName
      ...GroupRow_group
    }
  }
`);

interface GroupsPageProps {
  search: string;
  onSearch: (search: string) => void;
}

export function GroupsPage({ search, onSearch }: GroupsPageProps) {
  const { t } = useTranslation();
  const client = useClient();
  const field = useSettled(search, onSearch);
  const [{ data, error, fetching }, refetch] = useQuery({ query: groupsPage });
  const reload = () => client.query(groupsPage, {}, { requestPolicy: 'network-only' }).toPromise();
  const wanted = search.trim().toLowerCase();
  const groups = data?.groups.filter((g) => `${g.name} ${g.displayName}`.toLowerCase().includes(wanted));

  return (
    <>
      <PageHead title={t('nav.groups')}>
        {data && data.groups.length > 0 && (
          <TextInput
            data-search
            aria-label={t('groups.search')}
            placeholder={t('groups.search')}
            leftSection={<IconSearch size={16} />}
            {...field}
          />
        )}
        <Button variant="default" renderRoot={(props) => <Link to="/new-group" search={{ kind: 'aggregate' }} {...props} />}>
          {t('groups.newAggregate')}
        </Button>
        <Button renderRoot={(props) => <Link to="/new-group" {...props} />} leftSection={<IconPlus size={16} />}>
          {t('groups.new')}
        </Button>
      </PageHead>
      {fetching && !data && <Loading />}
      {error && !data && <Failed error={error} onRetry={() => refetch({ requestPolicy: 'network-only' })} />}
      {data?.groups.length === 0 && (
        <Empty
          title={t('groups.empty')}
          action={<Button renderRoot={(props) => <Link to="/new-group" {...props} />}>{t('groups.first')}</Button>}
        >
          {t('groups.emptyNext')}
        </Empty>
      )}
      {data && data.groups.length > 0 && groups?.length === 0 && (
        <Empty
          title={t('groups.noMatch', { search })}
          action={
            <Button variant="default" onClick={() => onSearch('')}>
              {t('groups.clear')}
            </Button>
          }
        />
      )}
      {data && groups && groups.length > 0 && <GroupTable groups={groups} filtered={wanted !== ''} reload={reload} />}
    </>
  );
}

function Loading() {
  const { t } = useTranslation();
  return (
    <div role="status" aria-label={t('loading')}>
      {[0, 1, 2].map((i) => (
        <Skeleton key={i} height={56} mb={1} />
      ))}
    </div>
  );
}
