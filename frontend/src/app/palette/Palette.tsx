import { Modal } from '@mantine/core';
import { useRouter } from '@tanstack/react-router';
import { type ClipboardEvent, type KeyboardEvent, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useClient } from 'urql';
import { graphql } from '../../generated';
import { sentence } from '../../lib/faults';
import { looksLikeKey } from '../../lib/keys';
import { unkept } from '../../lib/unkept';
import classes from './Palette.module.css';
import { isRequestId, useEntries } from './useEntries';

const fingerprintOf = graphql(`
  query PaletteFingerprint($value: String!) {
    keyFingerprint(value: $value)
  }
`);

interface PaletteProps {
  opened: boolean;
  onClose: () => void;
  onHelp: () => void;
}

/** Goes anywhere and does anything by a few letters. A pasted key is turned into its fingerprint before anyone sees it. */
export function Palette({ opened, onClose, onHelp }: PaletteProps) {
  const { t } = useTranslation();
  return (
    <Modal.Root opened={opened} onClose={onClose} size={560} yOffset="12vh" centered={false}>
      <Modal.Overlay />
      {/* Its name goes to the dialog itself, which Modal in one piece gives to what is around it. */}
      <Modal.Content aria-label={t('palette.title')}>
        <Modal.Body p={0}>
          <Finder onClose={onClose} onHelp={onHelp} />
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}

function Finder({ onClose, onHelp }: Omit<PaletteProps, 'opened'>) {
  const { t } = useTranslation();
  const client = useClient();
  const router = useRouter();
  const list = useId();
  const [typed, setTyped] = useState('');
  const [at, setAt] = useState(0);
  const [said, setSaid] = useState('');
  const entries = useEntries(typed, onHelp);
  const chosen = entries[Math.min(at, entries.length - 1)];

  function type(text: string) {
    setTyped(text);
    setAt(0);
    setSaid('');
  }

  function run(entry: { run: () => void } | undefined) {
    if (!entry) return;
    onClose();
    entry.run();
  }

  function press(event: KeyboardEvent) {
    if (event.nativeEvent.isComposing) return;
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by !== undefined) {
      event.preventDefault();
      setAt((entries.length + Math.min(at, entries.length - 1) + by) % Math.max(1, entries.length));
    } else if (event.key === 'Enter') {
      event.preventDefault();
      run(chosen);
    }
  }

  async function paste(event: ClipboardEvent) {
    const text = event.clipboardData.getData('text').trim();
    if (isRequestId(text) || !looksLikeKey(text)) return;
    event.preventDefault();
    setSaid(t('palette.resolving'));
    const { data, error } = await client.query(fingerprintOf, { value: text }, unkept).toPromise();
    if (!data) {
      setSaid(error ? sentence(t, error) : '');
      return;
    }
    onClose();
    router.history.push(`/requests?key=${data.keyFingerprint}`);
  }

  return (
    <div className={classes.palette}>
      <input
        className={classes.field}
        role="combobox"
        aria-label={t('palette.title')}
        aria-expanded
        aria-controls={list}
        aria-activedescendant={chosen && `${list}-${chosen.id}`}
        placeholder={t('palette.placeholder')}
        value={typed}
        onChange={(e) => type(e.currentTarget.value)}
        onKeyDown={press}
        onPaste={(event) => void paste(event)}
        autoComplete="off"
        spellCheck={false}
        data-autofocus
      />
      <p className={classes.said} role="status">
        {said || (entries.length === 0 && t('palette.none'))}
      </p>
      <div id={list} tabIndex={-1} className={classes.list} role="listbox" aria-label={t('palette.title')}>
        {entries.map((entry) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the field's, which points here
          <div
            key={entry.id}
            id={`${list}-${entry.id}`}
            role="option"
            tabIndex={-1}
            aria-selected={entry === chosen}
            className={classes.entry}
            ref={entry === chosen ? (item) => item?.scrollIntoView({ block: 'nearest' }) : undefined}
            onPointerMove={() => setAt(entries.indexOf(entry))}
            onClick={() => run(entry)}
          >
            <span className={classes.label}>{entry.label}</span>
            {entry.also && entry.also !== entry.label && <code>{entry.also}</code>}
            <span className={classes.kind}>{entry.kind}</span>
          </div>
        ))}
      </div>
    </div>
  );
}
