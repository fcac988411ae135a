import { Button } from '@mantine/core';
import { type ErrorComponentProps, Link, useRouter } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Empty } from '../components/States';

/** A page that could not be opened: the server is away, or a part of a newer console has replaced ours. */
export function RouteFailed(_: ErrorComponentProps) {
  const { t } = useTranslation();
  const router = useRouter();
  return (
    <Empty title={t('error.title')} action={<Button onClick={() => void router.invalidate()}>{t('error.retry')}</Button>}>
      {t('error.network')}
    </Empty>
  );
}

/** The same where there is no frame, since nobody knows whether one is signed in. */
export function FrameFailed(props: ErrorComponentProps) {
  return (
    <main>
      <RouteFailed {...props} />
    </main>
  );
}

export function NotFound() {
  const { t } = useTranslation();
  return (
    <Empty
      page
      title={t('notFound.title')}
      action={
        <Button variant="default" renderRoot={(props) => <Link to="/" {...props} />}>
          {t('notFound.home')}
        </Button>
      }
    />
  );
}
