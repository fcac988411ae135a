import { getRouteApi } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { PageHead } from '../../components/Panel';
import { NewAggregate } from '../../features/groups/NewAggregate';
import { NewGroupSheet } from '../../features/newgroup/NewGroupSheet';
import { useTitle } from '../useTitle';

const route = getRouteApi('/frame/new-group');

export function NewGroupRoute() {
  const { t } = useTranslation();
  const { kind } = route.useSearch();
  const navigate = route.useNavigate();
  const title = t(kind ? 'groups.newAggregate' : 'groups.new');
  useTitle(title);
  const open = (name: string) => void navigate({ to: '/groups/$name', params: { name } });
  return (
    <>
      <PageHead title={title} />
      {kind ? <NewAggregate onDone={open} /> : <NewGroupSheet onDone={open} doneLabel={t('newGroup.toGroup')} />}
    </>
  );
}
