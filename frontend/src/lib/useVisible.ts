import { useEffect, useState } from 'react';

const grace = 10_000;

/** False once the tab has been hidden for ten seconds, so that its live subscriptions can rest; true again on return. */
export function useVisible(): boolean {
  const [visible, setVisible] = useState(true);
  useEffect(() => {
    let timer: number | undefined;
    function follow() {
      window.clearTimeout(timer);
      if (document.hidden) timer = window.setTimeout(() => setVisible(false), grace);
      else setVisible(true);
    }
    document.addEventListener('visibilitychange', follow);
    return () => {
      document.removeEventListener('visibilitychange', follow);
      window.clearTimeout(timer);
    };
  }, []);
  return visible;
}
