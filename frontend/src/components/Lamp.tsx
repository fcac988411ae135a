import type { ReactNode } from 'react';
import classes from './Lamp.module.css';

export type LampState = 'living' | 'cooling' | 'invalid' | 'disabled' | 'failing';

/** One meaning each, told by shape as well as by colour. */
const shapes: Record<LampState, ReactNode> = {
  living: <circle cx="5" cy="5" r="3.5" fill="currentColor" />,
  cooling: (
    <>
      <circle cx="5" cy="5" r="3.75" fill="none" stroke="currentColor" strokeWidth="1.5" />
      <path d="M5 1.25 A3.75 3.75 0 0 1 5 8.75 Z" fill="currentColor" />
    </>
  ),
  invalid: <path d="M1.75 1.75 8.25 8.25 M8.25 1.75 1.75 8.25" stroke="currentColor" strokeWidth="2" fill="none" />,
  disabled: <circle cx="5" cy="5" r="3.5" fill="none" stroke="currentColor" strokeWidth="1.5" />,
  failing: <path d="M5 0.75 9.5 9 0.5 9 Z" fill="currentColor" />,
};

interface LampProps {
  state: LampState;
  /** The word beside it. Without one the lamp is decoration and something near must say the same. */
  children?: ReactNode;
}

/** A state, as a shape with a word. Living is quiet; only trouble is loud. */
export function Lamp({ state, children }: LampProps) {
  return (
    <span className={classes.lamp} data-state={state}>
      <svg viewBox="0 0 10 10" width="10" height="10" aria-hidden="true">
        {shapes[state]}
      </svg>
      {children !== undefined && <span className={classes.word}>{children}</span>}
    </span>
  );
}
