import { Drawer, Skeleton } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { useTranslation } from 'react-i18next';
import { useQuery } from 'urql';
import { Empty, Failed } from '../../components/States';
import { graphql } from '../../generated';
import { useReturnFocus } from '../../lib/useReturnFocus';
import { KeyActions } from './KeyActions';
import classes from './KeyDrawer.module.css';
import { KeyFacts } from './KeyFacts';
import { KeyNotes } from './KeyNotes';
import { KeySecret } from './KeySecret';
import { KeyTest } from './KeyTest';

const keyDrawer = graphql(`
  query KeyDrawer($id: ID!) {
    key(id: $id) {
      id
      masked
      notes
      group {
        id
        name
      }
      ...KeyFacts_key
      ...KeyActions_key
    }
  }
`);

interface KeyDrawerProps {
  id: string;
  onClose: () => void;
}

/** All there is to know of one key, and what can be done with it. On a phone it is a page. */
export function KeyDrawer({ id, onClose }: KeyDrawerProps) {
  const { t } = useTranslation();
  useReturnFocus();
  const phone = useMediaQuery('(max-width: 767px)');
  const [{ data, error }, refetch] = useQuery({ query: keyDrawer, variables: { id }, requestPolicy: 'network-only' });
  const reload = () => refetch({ requestPolicy: 'network-only' });
  const key = data?.key;

  return (
    <Drawer
      opened
      onClose={onClose}
      size={phone ? '100%' : 560}
      title={<span className={classes.title}>{t('key.title')}</span>}
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      <div className={classes.content}>
        {error && !data && <Failed error={error} onRetry={reload} />}
        {!data && !error && <Skeleton height={320} />}
        {data && !key && <Empty title={t('key.gone')}>{t('key.goneNext')}</Empty>}
        {key && (
          <>
            <KeySecret key={key.id} id={key.id} masked={key.masked} />
            <KeyActions of={key} onChanged={reload} onDeleted={onClose} />
            <KeyTest id={key.id} groupId={key.group.id} onTested={reload} />
            <KeyFacts of={key} />
            <KeyNotes key={`notes-${key.id}`} id={key.id} notes={key.notes} />
          </>
        )}
      </div>
    </Drawer>
  );
}
