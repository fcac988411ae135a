import { Button, Modal, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { Trans, useTranslation } from 'react-i18next';
import { useMutation } from 'urql';
import { Fault } from '../../components/States';
import { graphql } from '../../generated';
import type { ProxyKeysPage_KeyFragment } from '../../generated/graphql';
import { sentence } from '../../lib/faults';
import classes from './ProxyKeysPage.module.css';

const deleteProxyKey = graphql(`
  mutation RemoveProxyKey($id: ID!) {
    deleteProxyKey(id: $id)
  }
`);

interface RemoveProxyKeyProps {
  proxyKey: ProxyKeysPage_KeyFragment;
  onRemoved: () => void;
  onClose: () => void;
}

/** Names the key and whom it shuts out; what cannot be undone asks for a piece of its fingerprint. */
export function RemoveProxyKey({ proxyKey: k, onRemoved, onClose }: RemoveProxyKeyProps) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState('');
  const [{ error, fetching }, remove] = useMutation(deleteProxyKey);
  const piece = k.fingerprint.slice(0, 4);

  async function submit(e: FormEvent) {
    e.preventDefault();
    if (typed.trim() !== piece) return;
    const answer = await remove({ id: k.id });
    if (!answer.data) return;
    onRemoved();
    onClose();
  }

  return (
    <Modal
      opened
      onClose={onClose}
      title={t('proxyKeys.removeOne', { name: k.masked })}
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      <form className={classes.form} onSubmit={submit}>
        <p>
          {k.group ? t('proxyKeys.removeGroup', { name: k.group.name }) : t('proxyKeys.removeAll')} {k.notes && `(${k.notes})`}
        </p>
        <TextInput
          label={<Trans i18nKey="proxyKeys.type" values={{ piece }} components={{ c: <code /> }} />}
          value={typed}
          onChange={(e) => setTyped(e.currentTarget.value)}
          autoComplete="off"
          data-autofocus
        />
        {error && <Fault>{sentence(t, error)}</Fault>}
        <div className={classes.buttons}>
          <Button variant="default" onClick={onClose}>
            {t('cancel')}
          </Button>
          <Button color="red" type="submit" loading={fetching} disabled={typed.trim() !== piece}>
            {t('proxyKeys.removeOne', { name: k.masked })}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
