import { Button, Textarea } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Fault } from '../../components/States';
import { sentence } from '../../lib/faults';
import classes from './KeyDrawer.module.css';
import { mostNotes, useNotes } from './useNotes';

export function KeyNotes({ id, notes }: { id: string; notes: string }) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState(notes);
  const { error, fetching, save } = useNotes(id);
  function submit(event: FormEvent) {
    event.preventDefault();
    void save(typed);
  }
  return (
    <form className={classes.form} onSubmit={submit}>
      <Textarea
        label={t('keys.column.notes')}
        rows={3}
        maxLength={mostNotes}
        value={typed}
        onChange={(e) => setTyped(e.currentTarget.value)}
      />
      {error && <Fault>{sentence(t, error)}</Fault>}
      <Button type="submit" variant="default" loading={fetching} disabled={typed.trim() === notes}>
        {t('key.saveNotes')}
      </Button>
    </form>
  );
}
