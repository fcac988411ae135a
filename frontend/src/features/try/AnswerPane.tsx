import { SegmentedControl } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { CopyButton } from '../../components/CopyButton';
import { Panel } from '../../components/Panel';
import { Fault } from '../../components/States';
import classes from './TryPage.module.css';
import type { Trial } from './useTry';

/** The answer as it comes: its text, or every byte of it. */
export function AnswerPane({ trial }: { trial: Trial }) {
  const { t } = useTranslation();
  const [as, setAs] = useState<'text' | 'raw'>('text');
  const shown = as === 'text' ? trial.text : trial.raw;
  const over = trial.state === 'done' || trial.state === 'cancelled' || trial.state === 'failed';
  return (
    <Panel
      title={t('try.answer')}
      aside={
        <span className={classes.aside}>
          <SegmentedControl
            size="xs"
            aria-label={t('try.view')}
            value={as}
            onChange={setAs}
            data={[
              { value: 'text', label: t('try.text') },
              { value: 'raw', label: t('try.raw') },
            ]}
          />
          <CopyButton value={shown} label={t('try.copy')} />
        </span>
      }
    >
      {trial.error && <Fault>{trial.error}</Fault>}
      {trial.state === 'failed' && !trial.error && <Fault>{t('error.network')}</Fault>}
      <div
        className={classes.answer}
        data-as={as}
        role="log"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable
        tabIndex={0}
        aria-label={t('try.answer')}
        aria-busy={!over}
      >
        {shown || <span className={classes.hint}>{over ? t('try.nothing') : t('try.waiting')}</span>}
      </div>
      {trial.state === 'cancelled' && <p className={classes.hint}>{t('try.cancelled')}</p>}
    </Panel>
  );
}
