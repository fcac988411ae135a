import { Button, Modal, Skeleton, TextInput } from '@mantine/core';
import { type FormEvent, useMemo, useState } from 'react';
import { Trans, useTranslation } from 'react-i18next';
import { useMutation, useQuery } from 'urql';
import { Fault } from '../../components/States';
import type { TaskLineTask } from '../../components/TaskLine';
import type { KeySelector } from '../../generated/graphql';
import { sentence } from '../../lib/faults';
import { useFormat } from '../../lib/format';
import { bulkDocuments } from './bulkDocuments';
import classes from './KeysPage.module.css';
import { keySelection } from './keyDocuments';

export const bulkActions = ['enable', 'disable', 'restore', 'validate', 'export', 'delete'] as const;
export type BulkAction = (typeof bulkActions)[number];

interface BulkDialogProps {
  action: BulkAction;
  groupName: string;
  keys: KeySelector;
  onClose: () => void;
  onStarted: (task: TaskLineTask) => void;
}

/** Says what will be done to how many keys of which group; what cannot be undone asks for the group's name. */
export function BulkDialog({ action, groupName, keys, onClose, onStarted }: BulkDialogProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const variables = useMemo(() => ({ keys }), [keys]);
  const [{ data, error }] = useQuery({ query: keySelection, variables, requestPolicy: 'network-only' });
  const found = data?.keySelection;
  const shown = found
    ? found.exact
      ? format.number(found.count)
      : t('keys.atLeast', { count: format.number(found.count) })
    : '…';
  const values = { count: found?.count ?? 2, shown, group: groupName };

  return (
    <Modal opened onClose={onClose} title={t(`bulk.${action}.title`, values)} closeButtonProps={{ 'aria-label': t('close') }}>
      <div className={classes.dialog}>
        <p>{t(`bulk.${action}.what`, values)}</p>
        {!found && !error && <Skeleton height={20} />}
        {error && <Fault>{sentence(t, error)}</Fault>}
        {found && found.sample.length > 0 && (
          <p className={classes.sample}>
            {found.sample.map((key) => (
              <code key={key.id}>{key.masked}</code>
            ))}
            {found.count > found.sample.length && <span>{t('bulk.andMore')}</span>}
          </p>
        )}
        {action === 'export' ? (
          <ExportForm keys={keys} disabled={!found?.count} label={t('bulk.export.submit', values)} onClose={onClose} />
        ) : (
          <ActForm
            action={action}
            groupName={groupName}
            keys={keys}
            disabled={!found?.count}
            label={t(`bulk.${action}.submit`, values)}
            onClose={onClose}
            onStarted={onStarted}
          />
        )}
      </div>
    </Modal>
  );
}

interface FormProps {
  keys: KeySelector;
  disabled: boolean;
  label: string;
  onClose: () => void;
}

interface ActFormProps extends FormProps {
  action: Exclude<BulkAction, 'export'>;
  groupName: string;
  onStarted: (task: TaskLineTask) => void;
}

function ActForm({ action, groupName, keys, disabled, label, onClose, onStarted }: ActFormProps) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState('');
  const [{ error, fetching }, run] = useMutation(bulkDocuments[action]);
  const isFinal = action === 'delete';

  async function submit(event: FormEvent) {
    event.preventDefault();
    if (isFinal && typed !== groupName) return;
    const answer = await run({ keys });
    if (answer.data) onStarted(answer.data.task);
  }

  return (
    <form className={classes.dialog} onSubmit={submit}>
      {isFinal && (
        <TextInput
          label={<Trans i18nKey="deleteGroup.type" values={{ name: groupName }} components={{ c: <code /> }} />}
          value={typed}
          onChange={(e) => setTyped(e.currentTarget.value)}
          autoComplete="off"
          spellCheck={false}
          data-autofocus
        />
      )}
      {error && <Fault>{sentence(t, error)}</Fault>}
      <div className={classes.buttons}>
        <Button variant="default" onClick={onClose}>
          {t('cancel')}
        </Button>
        <Button
          type="submit"
          color={isFinal ? 'red' : undefined}
          loading={fetching}
          disabled={disabled || (isFinal && typed !== groupName)}
          data-autofocus={isFinal ? undefined : true}
        >
          {label}
        </Button>
      </div>
    </form>
  );
}

/** The browser takes the file itself, so that a million keys never lie in the page. */
function ExportForm({ keys, disabled, label, onClose }: FormProps) {
  const { t } = useTranslation();
  return (
    <form method="post" action="/export/keys" className={classes.buttons} onSubmit={() => window.setTimeout(onClose)}>
      <input type="hidden" name="keys" value={JSON.stringify(keys)} />
      <Button variant="default" onClick={onClose}>
        {t('cancel')}
      </Button>
      <Button type="submit" disabled={disabled} data-autofocus>
        {label}
      </Button>
    </form>
  );
}
