import { useEffect } from 'react';
import { signOut } from '../lib/session';

/** How long a browser may go without a key or a pointer before it is signed out. Traffic that comes by itself is no use of it. */
export const longestIdle = 12 * 3600 * 1000;

const stored = 'roundhouse.used';
const look = 60_000;
const uses = ['keydown', 'pointerdown', 'pointermove', 'wheel'] as const;

/** Signs out when nobody was here for too long, in whatever tab; `onIdle` is called then. */
export function useIdle(onIdle: () => void): void {
  useEffect(() => {
    let noted = 0;
    function note() {
      const now = Date.now();
      // Pointers move a hundred times a second; a note a minute is enough.
      if (now - noted < look) return;
      noted = now;
      localStorage.setItem(stored, String(now));
    }
    function check() {
      const last = Number(localStorage.getItem(stored)) || noted;
      if (Date.now() - last < longestIdle) return;
      void signOut().then(onIdle, onIdle);
    }
    note();
    for (const use of uses) window.addEventListener(use, note, { passive: true });
    const timer = window.setInterval(check, look);
    return () => {
      for (const use of uses) window.removeEventListener(use, note);
      window.clearInterval(timer);
    };
  }, [onIdle]);
}
