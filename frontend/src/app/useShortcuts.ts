import { useNavigate } from '@tanstack/react-router';
import { useEffect, useEffectEvent, useRef } from 'react';
import { destinations, isSpokenFor, shortcutsOn } from './shortcuts';

/** How long after G the second letter is waited for. */
const patience = 1500;

interface ShortcutsOptions {
  onPalette: () => void;
  onHelp: () => void;
}

/** Ctrl K always; single letters while they are on: G and a letter goes places, / finds, ? tells. */
export function useShortcuts({ onPalette, onHelp }: ShortcutsOptions): void {
  const navigate = useNavigate();
  const wentAt = useRef(0);

  const press = useEffectEvent((event: KeyboardEvent) => {
    const key = event.key.toLowerCase();
    if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && key === 'k') {
      event.preventDefault();
      onPalette();
      return;
    }
    if (!shortcutsOn() || isSpokenFor(event)) return;
    const led = Date.now() - wentAt.current < patience;
    wentAt.current = 0;
    if (led && key in destinations) {
      event.preventDefault();
      void navigate({ to: destinations[key as keyof typeof destinations] });
    } else if (key === 'g') {
      wentAt.current = Date.now();
    } else if (key === '?') {
      event.preventDefault();
      onHelp();
    } else if (key === '/') {
      const field = document.querySelector<HTMLInputElement>('main [data-search]');
      if (!field) return;
      event.preventDefault();
      field.focus();
      field.select();
    }
  });

  useEffect(() => {
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, []);
}
