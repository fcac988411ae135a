import { useEffect, useEffectEvent, useState } from 'react';

/** Who holds the list still: a hand by button or Space until it lets go, reading further down, or a pointer that rests on a row. */
type Holder = 'hand' | 'scroll' | 'pointer';

interface Hold<T> {
  /** What is shown while it is held. */
  held: T | undefined;
  toggle: () => void;
  rest: (resting: boolean) => void;
}

/** How far down one reads before the list stands still. */
const read = 80;

/** Keeps what was there when somebody began to read. */
export function useHold<T>(now: T): Hold<T> {
  const [hold, setHold] = useState<{ by: Holder; what: T }>();
  const take = (by: Holder) => setHold((before) => ({ by, what: before?.what ?? now }));
  const toggle = () => (hold ? setHold(undefined) : take('hand'));

  const onSpace = useEffectEvent(toggle);
  const onScroll = useEffectEvent((down: boolean) => {
    if (down && hold?.by !== 'hand') take('scroll');
    if (!down && hold?.by === 'scroll') setHold(undefined);
  });
  useEffect(() => {
    const space = (e: KeyboardEvent) => {
      if (e.key !== ' ' || meansSomething(e.target)) return;
      e.preventDefault();
      onSpace();
    };
    const scroll = () => onScroll(window.scrollY > read);
    document.addEventListener('keydown', space);
    window.addEventListener('scroll', scroll, { passive: true });
    return () => {
      document.removeEventListener('keydown', space);
      window.removeEventListener('scroll', scroll);
    };
  }, []);

  return {
    held: hold?.what,
    toggle,
    rest(resting) {
      if (resting && !hold) take('pointer');
      if (!resting && hold?.by === 'pointer') setHold(undefined);
    },
  };
}

/** Whether Space already does something there. */
function meansSomething(target: EventTarget | null): boolean {
  return !(target instanceof Element) || target.closest('button, a, input, select, textarea, label, [role]') !== null;
}
