import { type ChangeEvent, type CompositionEvent, useEffect, useEffectEvent, useState } from 'react';

const rest = 300;

interface Settled {
  value: string;
  onChange: (e: ChangeEvent<HTMLInputElement>) => void;
  onCompositionStart: () => void;
  onCompositionEnd: (e: CompositionEvent<HTMLInputElement>) => void;
}

/** A text field whose value is told once typing has rested, and never in the middle of an input method's composition. */
export function useSettled(value: string, tell: (value: string) => void): Settled {
  const [typed, setTyped] = useState(value);
  const [composing, setComposing] = useState(false);
  const [told, setTold] = useState(value);
  const [known, setKnown] = useState(value);
  if (value !== known) {
    // The address changed: by what was told, by Back, or by a filter that was cleared.
    setKnown(value);
    setTold(value);
    setTyped(value);
  }
  const settle = useEffectEvent(() => {
    setTold(typed);
    tell(typed);
  });
  useEffect(() => {
    if (composing || typed === told) return;
    const timer = window.setTimeout(() => settle(), rest);
    return () => window.clearTimeout(timer);
  }, [typed, told, composing]);
  return {
    value: typed,
    onChange: (e) => setTyped(e.currentTarget.value),
    onCompositionStart: () => setComposing(true),
    onCompositionEnd: (e) => {
      setComposing(false);
      setTyped(e.currentTarget.value);
    },
  };
}
