import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { CombinedError } from 'urql';
import { sentence } from '../lib/faults';
import { Lamp } from './Lamp';
import classes from './States.module.css';

interface EmptyProps {
  title: string;
  /** What to do next, in a sentence. */
  children?: ReactNode;
  action?: ReactNode;
  /** Whether there is nothing else on the page. */
  page?: true;
}

export function Empty({ title, children, action, page }: EmptyProps) {
  const Heading = page ? 'h1' : 'h2';
  return (
    <div className={classes.state}>
      <svg className={classes.track} viewBox="0 0 160 16" aria-hidden="true">
        <path d="M0 5h160M0 11h160" />
        <path d="M8 2v12M24 2v12M40 2v12M56 2v12M72 2v12M88 2v12M104 2v12M120 2v12M136 2v12M152 2v12" />
      </svg>
      <Heading>{title}</Heading>
      {children && <p>{children}</p>}
      {action}
    </div>
  );
}

interface FailedProps {
  error: CombinedError;
  onRetry: () => void;
}

export function Failed({ error, onRetry }: FailedProps) {
  const { t } = useTranslation();
  return (
    <div className={classes.state} role="alert">
      <h2>
        <Lamp state="failing">{t('error.title')}</Lamp>
      </h2>
      <p>{sentence(t, error)}</p>
      <Button variant="default" onClick={onRetry}>
        {t('error.retry')}
      </Button>
    </div>
  );
}

/** One line about a fault, where the thing that failed stands. */
export function Fault({ children }: { children: ReactNode }) {
  return (
    <p className={classes.fault} role="alert">
      <Lamp state="failing" />
      <span>{children}</span>
    </p>
  );
}
