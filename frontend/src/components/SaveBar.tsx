import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import classes from './Editing.module.css';
import { Fault } from './States';

/** One thing that saving will change. */
export interface Change {
  name: string;
  label: string;
  from: string;
  to: string;
  /** What someone else made of it since it was read here. */
  theirs?: string;
}

interface SaveBarProps {
  changes: readonly Change[];
  saving: boolean;
  fault?: string;
  /** Someone else saved meanwhile: both are shown, and the reader chooses. */
  conflict: boolean;
  onSave: () => void;
  onDiscard: () => void;
}

/** At the foot while there is something to save: the list of what will change, and one button that does it. */
export function SaveBar({ changes, saving, fault, conflict, onSave, onDiscard }: SaveBarProps) {
  const { t } = useTranslation();
  if (changes.length === 0) return null;
  return (
    <section className={classes.bar} aria-label={t('save.title')}>
      {conflict && <Fault>{t('save.conflict')}</Fault>}
      {fault && <Fault>{fault}</Fault>}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a list that scrolls must be reachable */}
      <ul className={classes.changes} tabIndex={0} aria-label={t('save.list')}>
        {changes.map((c) => (
          <li key={c.name}>
            <strong>{c.label}</strong> <span>{c.from}</span> → <span>{c.to}</span>
            {c.theirs !== undefined && <em className={classes.theirs}>{t('save.theirs', { value: c.theirs })}</em>}
          </li>
        ))}
      </ul>
      <div className={classes.buttons}>
        <Button variant="default" onClick={onDiscard}>
          {conflict ? t('save.takeTheirs') : t('save.discard')}
        </Button>
        <Button onClick={onSave} loading={saving}>
          {conflict ? t('save.overwrite') : t('save.submit', { count: changes.length })}
        </Button>
      </div>
    </section>
  );
}
