import { expect, test } from 'vitest';
import { follow, type Place, placeAt, scrollerHeight, settle, tallest } from './scroll';

const short = { list: 36_000, view: 720 };
const tall = { list: 18_000_000, view: 720 };

const scrollTop = ({ top, offset }: Place) => top - offset;

test('no scroller is taller than browsers can draw', () => {
  expect(scrollerHeight(short.list)).toBe(36_000);
  expect(scrollerHeight(tall.list)).toBe(tallest);
});

test('a list that fits is followed pixel by pixel', () => {
  const place = follow({ top: 0, offset: 0 }, 20_000, short);
  expect(place).toEqual({ top: 20_000, offset: 0 });
});

test('in a list that does not fit, a wheel still moves by its own pixels', () => {
  let place = placeAt(9_000_000, tall);
  const before = place.top;
  for (let i = 0; i < 10; i += 1) place = follow(place, scrollTop(place) + 100, tall);
  expect(place.top).toBeCloseTo(before + 1000);
});

test('the thumb points at a share of the list, both ends included', () => {
  const travel = tallest - tall.view;
  const start = placeAt(9_000_000, tall);
  expect(follow(start, 0, tall).top).toBe(0);
  expect(follow(start, travel, tall).top).toBeCloseTo(tall.list - tall.view);
  expect(follow(placeAt(0, tall), travel / 4, tall).top).toBeCloseTo((tall.list - tall.view) / 4);
});

test('whoever comes to an end of the scroller by the wheel has not come to the end of the list, and can go on once it rests', () => {
  let place: Place = { top: 5000, offset: 4900 };
  place = follow(place, 0, tall);
  expect(place.top).toBe(4900);
  place = settle(place, tall);
  expect(place.top).toBe(4900);
  expect(scrollTop(place)).toBeGreaterThan(2000);
  expect(follow(place, scrollTop(place) - 100, tall).top).toBeCloseTo(4800);
});

test('the last pixel of the list is the last of the scroller', () => {
  const place = placeAt(tall.list, tall);
  expect(place.top).toBe(tall.list - tall.view);
  expect(scrollTop(place)).toBeCloseTo(tallest - tall.view);
});

test('a list shorter than its view does not move', () => {
  expect(follow({ top: 0, offset: 0 }, 50, { list: 72, view: 720 }).top).toBe(0);
});

test('a place that is settled stays the same object, so that nothing is drawn again', () => {
  const place = placeAt(1234, tall);
  expect(settle(place, tall)).toBe(place);
  expect(follow(place, scrollTop(place), tall)).toBe(place);
});
