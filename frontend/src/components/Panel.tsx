import type { ReactNode } from 'react';
import { useId } from 'react';
import classes from './Panel.module.css';

interface PanelProps {
  title?: ReactNode;
  /** At the right of the title. */
  aside?: ReactNode;
  children: ReactNode;
}

/** One surface with a line around it. */
export function Panel({ title, aside, children }: PanelProps) {
  const id = useId();
  return (
    <section className={classes.panel} aria-labelledby={title ? id : undefined}>
      {title && (
        <header className={classes.head}>
          <h2 id={id}>{title}</h2>
          {aside}
        </header>
      )}
      {children}
    </section>
  );
}

interface PageHeadProps {
  title: ReactNode;
  /** Beside the title, quiet. */
  note?: ReactNode;
  /** At the right: what one can do here. */
  children?: ReactNode;
}

export function PageHead({ title, note, children }: PageHeadProps) {
  return (
    <header className={classes.page}>
      <h1>{title}</h1>
      {note && <div className={classes.note}>{note}</div>}
      {children && <div className={classes.actions}>{children}</div>}
    </header>
  );
}
