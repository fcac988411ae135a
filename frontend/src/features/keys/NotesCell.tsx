import { ActionIcon } from '@mantine/core';
import { IconPencil } from '@tabler/icons-react';
import { type KeyboardEvent, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { useTranslation } from 'react-i18next';
import { sentence } from '../../lib/faults';
import classes from './KeyTable.module.css';
import { mostNotes, useNotes } from './useNotes';

interface NotesCellProps {
  id: string;
  masked: string;
  notes: string;
  tabIndex: number;
}

/** Notes where they stand: Enter and leaving keep what was typed, Escape does not. */
export function NotesCell({ id, masked, notes, tabIndex }: NotesCellProps) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState<string>();
  const { error, save } = useNotes(id);
  const field = useRef<HTMLInputElement>(null);
  const button = useRef<HTMLButtonElement>(null);

  async function keep() {
    if (typed === undefined) return;
    if (typed === notes || (await save(typed))) close();
  }
  /** Whoever still stands in the field goes back to the button, and not nowhere. */
  function close() {
    const stood = document.activeElement === field.current;
    flushSync(() => setTyped(undefined));
    if (stood) button.current?.focus({ preventScroll: true });
  }
  function onKeyDown(event: KeyboardEvent) {
    event.stopPropagation();
    if (event.nativeEvent.isComposing) return;
    if (event.key === 'Enter') void keep();
    if (event.key === 'Escape') close();
  }

  return (
    <td className={classes.notes}>
      {typed === undefined ? (
        <span className={classes.noted}>
          <span className={classes.text} title={notes || undefined}>
            {notes}
          </span>
          <ActionIcon
            ref={button}
            variant="subtle"
            color="gray"
            size={24}
            tabIndex={tabIndex}
            className={classes.edit}
            aria-label={t('keys.editNotes', { key: masked })}
            onClick={() => setTyped(notes)}
          >
            <IconPencil size={14} />
          </ActionIcon>
        </span>
      ) : (
        <input
          // biome-ignore lint/a11y/noAutofocus: the field takes the place of the button that was just pressed
          autoFocus
          ref={field}
          className={classes.field}
          value={typed}
          maxLength={mostNotes}
          aria-label={t('keys.notesOf', { key: masked })}
          aria-invalid={error ? true : undefined}
          title={error && sentence(t, error)}
          onChange={(e) => setTyped(e.currentTarget.value)}
          onKeyDown={onKeyDown}
          onBlur={() => void keep()}
        />
      )}
    </td>
  );
}
