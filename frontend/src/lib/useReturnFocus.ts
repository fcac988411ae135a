import { useEffect, useState } from 'react';

/** Gives the focus back to what had it, when whatever was opened goes away together with its route. */
export function useReturnFocus() {
  const [opener] = useState(() => document.activeElement);
  useEffect(
    () => () => {
      // After the trap of a dialog has let go.
      requestAnimationFrame(() => {
        if (opener instanceof HTMLElement && opener.isConnected) opener.focus({ preventScroll: true });
      });
    },
    [opener],
  );
}
