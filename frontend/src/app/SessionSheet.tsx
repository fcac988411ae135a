import { Modal } from '@mantine/core';
import { useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import { SignInForm } from '../features/signin/SignInForm';
import classes from './Frame.module.css';
import type { Session } from './session';
import { useIdle } from './useIdle';

interface SessionSheetProps {
  session: Session;
  onSignedIn: () => void;
}

/** Asks for the key again over the page that was open when the session ended, and leaves that page as it is. */
export function SessionSheet({ session, onSignedIn }: SessionSheetProps) {
  const { t } = useTranslation();
  const over = useSyncExternalStore(session.subscribe, session.hasEnded);
  useIdle(session.ended);
  return (
    <Modal
      opened={over}
      onClose={() => undefined}
      withCloseButton={false}
      closeOnEscape={false}
      title={t('session.over')}
      zIndex={400}
    >
      <p className={classes.over}>{t('session.kept')}</p>
      <SignInForm onSignedIn={onSignedIn} />
    </Modal>
  );
}
