import { Loader } from '@mantine/core';
import { IconCheck } from '@tabler/icons-react';
import type { TFunction } from 'i18next';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Lamp } from '../../components/Lamp';
import { type Format, useFormat } from '../../lib/format';
import classes from './NewGroupSheet.module.css';
import { type Creation, type Step, steps } from './useCreation';

/** A tick for each thing that was done; what failed says what was said and what would do. */
export function CreationSteps({ creation }: { creation: Creation }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (!creation.at) return <p className={classes.hint}>{t('newGroup.hint')}</p>;
  const at = creation.at === 'done' ? steps.length : steps.indexOf(creation.at);
  return (
    <ol className={classes.ticks} role="status">
      {steps.map((step, i) => {
        if (i > at || (creation.at === 'done' && !reached(creation, step))) return null;
        return (
          <li key={step}>
            <span className={classes.tick}>{sign(creation, step, i < at)}</span>
            <span>{said(t, format, creation, step, i < at)}</span>
          </li>
        );
      })}
    </ol>
  );
}

/** Without keys there was nothing to import or to validate. */
function reached(creation: Creation, step: Step): boolean {
  if (step === 'import') return creation.imported !== undefined;
  return step === 'create' || creation.verdict !== undefined;
}

function sign(creation: Creation, step: Step, over: boolean): ReactNode {
  if (over) {
    const bad = step === 'validate' && creation.verdict?.ok === false;
    return bad ? <Lamp state="invalid" /> : <IconCheck size={16} aria-hidden="true" />;
  }
  return creation.busy ? <Loader size={14} color="blue" /> : <Lamp state="failing" />;
}

function said(t: TFunction, format: Format, creation: Creation, step: Step, over: boolean): string {
  if (!over) return creation.said ?? t(`newGroup.doing.${step}`);
  if (step === 'create') return t('newGroup.created', { name: creation.group?.name ?? '' });
  if (step === 'import') {
    const count = creation.imported ?? 0;
    return t('newGroup.imported', { count, shown: format.number(count) });
  }
  const verdict = creation.verdict;
  if (verdict?.ok) return t('newGroup.answered', { time: format.duration(verdict.durationMs) });
  const words = [verdict?.statusCode, verdict?.message].filter(Boolean).join(' ');
  return t('newGroup.refused', { words });
}
