import { Button, Modal, NativeSelect, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMutation } from 'urql';
import editing from '../../components/Editing.module.css';
import { Fault } from '../../components/States';
import { graphql } from '../../generated';
import type { CopyKeys } from '../../generated/graphql';
import { formFaults } from '../../lib/faults';
import { useFormat } from '../../lib/format';

const copyGroup = graphql(`
  mutation CopyGroup($id: ID!, $name: String!, $keys: CopyKeys!) {
    copyGroup(id: $id, name: $name, keys: $keys) {
      group {
        id
        name
      }
      task {
        id
      }
    }
  }
`);

interface CopyGroupProps {
  id: string;
  name: string;
  /** How many keys there are to copy; none where keys are the members'. */
  keys?: { total: number; active: number };
  opened: boolean;
  onClose: () => void;
  onCopied: (name: string) => void;
}

/** The same group under another name, with all of its keys, the living ones, or none. */
export function CopyGroup({ id, name, keys, opened, onClose, onCopied }: CopyGroupProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const [typed, setTyped] = useState(`${name}-copy`);
  const [wanted, setWanted] = useState<CopyKeys>('NONE');
  const [{ error, fetching }, copy] = useMutation(copyGroup);
  const faults = formFaults(t, error, ['name']);

  async function submit(event: FormEvent) {
    event.preventDefault();
    const answer = await copy({ id, name: typed, keys: wanted }, { additionalTypenames: ['Group', 'Task', 'Dashboard'] });
    if (answer.data) onCopied(answer.data.copyGroup.group.name);
  }

  const amounts: Record<CopyKeys, number> = { NONE: 0, ACTIVE: keys?.active ?? 0, ALL: keys?.total ?? 0 };
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t('copyGroup.title', { name })}
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      <form className={editing.dialog} onSubmit={submit}>
        <TextInput
          label={t('copyGroup.name')}
          value={typed}
          onChange={(e) => setTyped(e.currentTarget.value)}
          error={faults.fields.name}
          autoComplete="off"
          spellCheck={false}
          data-autofocus
        />
        {keys && (
          <NativeSelect
            label={t('keys.title')}
            description={t('copyGroup.keysNote')}
            value={wanted}
            onChange={(e) => setWanted(e.currentTarget.value as CopyKeys)}
            data={(['NONE', 'ACTIVE', 'ALL'] as const).map((value) => ({
              value,
              label: t(`copyGroup.keys.${value}`, { shown: format.number(amounts[value]) }),
            }))}
          />
        )}
        {faults.form && <Fault>{faults.form}</Fault>}
        <div className={editing.buttons}>
          <Button variant="default" onClick={onClose}>
            {t('cancel')}
          </Button>
          <Button type="submit" loading={fetching} disabled={typed.trim() === ''}>
            {t('copyGroup.submit')}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
