import { Button, Modal, NativeSelect, NumberInput, TextInput } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMutation } from 'urql';
import { useCopy } from '../../components/CopyButton';
import { Fault } from '../../components/States';
import { graphql } from '../../generated';
import { type FormFaults, formFaults } from '../../lib/faults';
import { useFormat } from '../../lib/format';
import classes from './ProxyKeysPage.module.css';

const createProxyKey = graphql(`
  mutation CreateProxyKey($groupId: ID, $value: String, $notes: String!) {
    createProxyKey(groupId: $groupId, value: $value, notes: $notes) {
      proxyKey {
        id
      }
      value
    }
  }
`);

/** As many as one hands out at once. */
const most = 100;

interface MakeProxyKeyProps {
  groups: readonly { id: string; name: string }[];
  onMade: () => void;
  onClose: () => void;
}

/** Makes one key or several, and shows them this once. */
export function MakeProxyKey({ groups, onMade, onClose }: MakeProxyKeyProps) {
  const { t } = useTranslation();
  const [groupId, setGroupId] = useState('');
  const [notes, setNotes] = useState('');
  const [own, setOwn] = useState('');
  const [count, setCount] = useState(1);
  const [values, setValues] = useState<string[]>([]);
  const [faults, setFaults] = useState<FormFaults>({ fields: {} });
  const [working, setWorking] = useState(false);
  const [, create] = useMutation(createProxyKey);

  async function make(e: FormEvent) {
    e.preventDefault();
    setWorking(true);
    setFaults({ fields: {} });
    const made: string[] = [];
    const wanted = own ? 1 : count;
    while (made.length < wanted) {
      const answer = await create({ groupId: groupId || null, value: own || null, notes: notes.trim() });
      if (!answer.data) {
        setFaults(formFaults(t, answer.error, ['value', 'notes']));
        break;
      }
      made.push(answer.data.createProxyKey.value);
    }
    setWorking(false);
    // What was made before a fault is shown all the same: it will not be shown again.
    setValues(made);
    if (made.length > 0) onMade();
  }

  return (
    <Modal
      opened
      onClose={onClose}
      title={t('proxyKeys.make')}
      closeButtonProps={{ 'aria-label': t('close') }}
      closeOnClickOutside={values.length === 0}
    >
      {values.length > 0 ? (
        <Made values={values} fault={faults.form} onClose={onClose} />
      ) : (
        <form className={classes.form} onSubmit={make}>
          <NativeSelect
            label={t('proxyKeys.opens')}
            value={groupId}
            onChange={(e) => setGroupId(e.currentTarget.value)}
            data={[{ value: '', label: t('proxyKeys.every') }, ...groups.map((g) => ({ value: g.id, label: g.name }))]}
          />
          <TextInput
            label={t('proxyKeys.notes')}
            description={t('proxyKeys.notesWhat')}
            value={notes}
            error={faults.fields.notes}
            onChange={(e) => setNotes(e.currentTarget.value)}
            data-autofocus
          />
          <TextInput
            label={t('proxyKeys.own')}
            description={t('proxyKeys.ownWhat')}
            value={own}
            error={faults.fields.value}
            onChange={(e) => setOwn(e.currentTarget.value)}
            autoComplete="off"
            spellCheck={false}
          />
          {!own && (
            <NumberInput
              label={t('proxyKeys.count')}
              value={count}
              min={1}
              max={most}
              clampBehavior="strict"
              allowDecimal={false}
              hideControls
              onChange={(value) => setCount(Number(value) || 1)}
            />
          )}
          {faults.form && <Fault>{faults.form}</Fault>}
          <div className={classes.buttons}>
            <Button variant="default" onClick={onClose}>
              {t('cancel')}
            </Button>
            <Button type="submit" loading={working}>
              {t('proxyKeys.submit', { count: own ? 1 : count })}
            </Button>
          </div>
        </form>
      )}
    </Modal>
  );
}

function Made({ values, fault, onClose }: { values: readonly string[]; fault?: string; onClose: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const text = values.join('\n');
  const [copied, copy] = useCopy();
  return (
    <div className={classes.form}>
      <p>{t('proxyKeys.once', { count: values.length, shown: format.number(values.length) })}</p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable */}
      <section className={classes.values} tabIndex={0} aria-label={t('proxyKeys.values')}>
        <pre>{text}</pre>
      </section>
      {fault && <Fault>{fault}</Fault>}
      <div className={classes.buttons}>
        <Button
          variant={copied ? 'default' : 'filled'}
          leftSection={copied ? <IconCheck size={16} /> : <IconCopy size={16} />}
          onClick={() => copy(text)}
          data-autofocus
        >
          {copied ? t('copy.done') : t('proxyKeys.copy')}
        </Button>
        <Button variant="default" onClick={onClose}>
          {t('proxyKeys.done')}
        </Button>
      </div>
    </div>
  );
}
