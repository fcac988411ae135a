import { Button, Modal, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { Trans, useTranslation } from 'react-i18next';
import { useMutation } from 'urql';
import editing from '../../components/Editing.module.css';
import { Fault } from '../../components/States';
import { graphql } from '../../generated';
import { sentence } from '../../lib/faults';
import { useFormat } from '../../lib/format';

const deleteGroup = graphql(`
  mutation DeleteGroup($id: ID!, $confirmName: String!) {
    deleteGroup(id: $id, confirmName: $confirmName) {
      id
      task {
        id
      }
    }
  }
`);

interface DeleteGroupProps {
  id: string;
  name: string;
  keys: number;
  opened: boolean;
  onClose: () => void;
  onDeleted: () => void;
}

/** Says what will be gone, and asks for the name, since it cannot be undone. */
export function DeleteGroup({ id, name, keys, opened, onClose, onDeleted }: DeleteGroupProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const [typed, setTyped] = useState('');
  const [{ error, fetching }, remove] = useMutation(deleteGroup);

  async function submit(event: FormEvent) {
    event.preventDefault();
    if (typed !== name) return;
    const answer = await remove({ id, confirmName: typed }, { additionalTypenames: ['Group', 'Dashboard'] });
    if (answer.data) onDeleted();
  }

  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t('deleteGroup.title', { name })}
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      <form className={editing.dialog} onSubmit={submit}>
        <p>{t('deleteGroup.what', { count: keys, shown: format.number(keys) })}</p>
        <TextInput
          label={<Trans i18nKey="deleteGroup.type" values={{ name }} components={{ c: <code /> }} />}
          value={typed}
          onChange={(e) => setTyped(e.currentTarget.value)}
          autoComplete="off"
          spellCheck={false}
          data-autofocus
        />
        {error && <Fault>{sentence(t, error)}</Fault>}
        <div className={editing.buttons}>
          <Button variant="default" onClick={onClose}>
            {t('cancel')}
          </Button>
          <Button type="submit" color="red" loading={fetching} disabled={typed !== name}>
            {t('deleteGroup.submit', { name })}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
