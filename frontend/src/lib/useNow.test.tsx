import { act, render, screen } from '@testing-library/react';
import { useRef } from 'react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { useNow } from './useNow';

beforeEach(() => void vi.useFakeTimers({ now: 1_000_000 }));
afterEach(() => void vi.useRealTimers());

function Clock({ name }: { name: string }) {
  const place = useRef<HTMLTimeElement>(null);
  return (
    <time ref={place} data-testid={name}>
      {useNow(1000, place)}
    </time>
  );
}

/** Where each clock is, below the window's top. */
function stand(places: Record<string, number>) {
  vi.spyOn(Element.prototype, 'getBoundingClientRect').mockImplementation(function (this: Element) {
    const top = places[this.getAttribute('data-testid') ?? ''] ?? 0;
    return { top, bottom: top + 20 } as DOMRect;
  });
}

test('what is far out of sight keeps its time until it comes near', () => {
  stand({ seen: 100, far: 100_000 });
  render(
    <>
      <Clock name="seen" />
      <Clock name="far" />
    </>,
  );
  act(() => vi.advanceTimersByTime(3000));
  expect(screen.getByTestId('seen')).toHaveTextContent('1003000');
  expect(screen.getByTestId('far')).toHaveTextContent('1000000');
  stand({ seen: -100_000, far: 100 });
  act(() => void document.dispatchEvent(new Event('scrollend')));
  expect(screen.getByTestId('far')).toHaveTextContent('1003000');
  act(() => vi.advanceTimersByTime(1000));
  expect(screen.getByTestId('seen')).toHaveTextContent('1003000');
  expect(screen.getByTestId('far')).toHaveTextContent('1004000');
});
