import { Button, Modal } from '@mantine/core';
import { useBlocker } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import classes from './Editing.module.css';

interface LeaveGuardProps {
  /** How many changes would be lost; none lets everybody go. */
  changes: number;
}

/** Holds whoever leaves a page with changes that are not saved. Another filter of the same page is no leaving. */
export function LeaveGuard({ changes }: LeaveGuardProps) {
  const { t } = useTranslation();
  const { status, proceed, reset } = useBlocker({
    shouldBlockFn: ({ current, next }) => changes > 0 && current.pathname !== next.pathname,
    enableBeforeUnload: () => changes > 0,
    withResolver: true,
  });
  return (
    <Modal
      opened={status === 'blocked'}
      onClose={() => reset?.()}
      title={t('leave.title')}
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      <div className={classes.dialog}>
        <p>{t('leave.what', { count: changes })}</p>
        <div className={classes.buttons}>
          <Button variant="default" onClick={() => reset?.()} data-autofocus>
            {t('leave.stay')}
          </Button>
          <Button color="red" onClick={() => proceed?.()}>
            {t('leave.discard', { count: changes })}
          </Button>
        </div>
      </div>
    </Modal>
  );
}
