import { fireEvent, render, screen } from '@testing-library/react';
import { afterEach, expect, test, vi } from 'vitest';
import { useSettled } from './useSettled';

afterEach(() => void vi.useRealTimers());

test('what an input method composes is told once it is composed', () => {
  vi.useFakeTimers();
  const tell = vi.fn();
  function Field() {
    return <input {...useSettled('', tell)} />;
  }
  render(<Field />);
  const field = screen.getByRole('textbox');
  fireEvent.compositionStart(field);
  fireEvent.change(field, { target: { value: 'てんてつ' } });
  vi.advanceTimersByTime(10_000);
  expect(tell).not.toHaveBeenCalled();
  fireEvent.change(field, { target: { value: '転轍' } });
  fireEvent.compositionEnd(field);
  vi.advanceTimersByTime(10_000);
  expect(tell.mock.calls).toEqual([['転轍']]);
});
