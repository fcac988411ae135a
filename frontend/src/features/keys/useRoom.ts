import { type RefObject, useEffect, useState } from 'react';

const least = 280;

/** Pixels from an element's top to the foot of the window, less `below`: how high it may be for the page not to scroll. */
export function useRoom(element: RefObject<HTMLElement | null>, below: number): number {
  const [room, setRoom] = useState(least);
  useEffect(() => {
    function measure() {
      if (!element.current) return;
      const top = element.current.getBoundingClientRect().top + window.scrollY;
      const bar = window.innerWidth < 768 ? 56 : 0;
      setRoom(Math.max(least, Math.floor(window.innerHeight - top - below - bar)));
    }
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(document.body);
    window.addEventListener('resize', measure);
    return () => {
      observer.disconnect();
      window.removeEventListener('resize', measure);
    };
  }, [element, below]);
  return room;
}
