import { ActionIcon, Button } from '@mantine/core';
import { IconEye, IconEyeOff } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMutation } from 'urql';
import { useCopy } from '../../components/CopyButton';
import { Fault } from '../../components/States';
import { graphql } from '../../generated';
import { sentence } from '../../lib/faults';
import classes from './KeyDrawer.module.css';

const revealKey = graphql(`
  mutation RevealKey($id: ID!) {
    revealKey(id: $id)
  }
`);

/** The key in clear, kept in this drawer alone and only while it is asked for; copying does not show it. */
export function KeySecret({ id, masked }: { id: string; masked: string }) {
  const { t } = useTranslation();
  const [shown, setShown] = useState<string>();
  const [copied, take] = useCopy();
  const [{ error, fetching }, reveal] = useMutation(revealKey);
  const read = async () => (await reveal({ id })).data?.revealKey;

  async function copy() {
    const value = shown ?? (await read());
    if (value !== undefined) take(value);
  }

  return (
    <div className={classes.secret}>
      <div className={classes.line}>
        <code className={classes.value}>{shown ?? masked}</code>
        <ActionIcon
          variant="subtle"
          color="gray"
          size={36}
          loading={fetching}
          aria-label={shown ? t('key.hide') : t('key.reveal')}
          onClick={async () => setShown(shown ? undefined : await read())}
        >
          {shown ? <IconEyeOff size={18} /> : <IconEye size={18} />}
        </ActionIcon>
        <Button variant="default" onClick={copy}>
          {copied ? t('copy.done') : t('key.copy')}
        </Button>
      </div>
      <p className={classes.hint}>{t('key.recorded')}</p>
      {error && <Fault>{sentence(t, error)}</Fault>}
    </div>
  );
}
