/**
 * A scroller that is taller than browsers can draw (Firefox gives up at 17.9 million pixels) would lose the end of its list
 * without a word. It is never made taller than this; beyond, its thumb stands for a share of the list.
 */
export const tallest = 8_000_000;

/** Heights in pixels: of the whole list as if nothing were clamped, and of the window through which it is seen. */
export interface Extent {
  list: number;
  view: number;
}

/** Where a reader stands. `top` counts pixels of the list; `offset` is what the scroller's own scrollTop lacks of it. */
export interface Place {
  top: number;
  offset: number;
}

export function scrollerHeight(list: number): number {
  return Math.min(list, tallest);
}

/** How far `top` can go. */
export function depth({ list, view }: Extent): number {
  return Math.max(0, list - view);
}

/** Pixels of the list for each pixel of the scroller: 1 unless the list was clamped. */
function ratio(extent: Extent): number {
  const travel = Math.max(0, scrollerHeight(extent.list) - extent.view);
  return travel === 0 ? 1 : depth(extent) / travel;
}

function clamp(value: number, most: number): number {
  return Math.min(Math.max(0, value), most);
}

/**
 * Follows the scroller to `scrollTop`. A step of at most one view is a wheel, a finger or a key and moves the list by as many
 * pixels; anything farther is the thumb, which points at a share of the list.
 */
export function follow(place: Place, scrollTop: number, extent: Extent): Place {
  const step = scrollTop - (place.top - place.offset);
  if (Math.abs(step) < 1) return place;
  const top =
    Math.abs(step) <= extent.view ? clamp(place.top + step, depth(extent)) : clamp(scrollTop * ratio(extent), depth(extent));
  return { top, offset: top - scrollTop };
}

/**
 * Where the scroller belongs so that its thumb tells the truth and neither end comes too early. Following steps lets the two
 * drift apart, so this is asked for whenever the scroller rests.
 */
export function settle(place: Place, extent: Extent): Place {
  const top = clamp(place.top, depth(extent));
  const scrollTop = top / ratio(extent);
  const offset = top - scrollTop;
  return top === place.top && Math.abs(offset - place.offset) < 1 ? place : { top, offset };
}

/** Stands `top` pixels down the list, thumb and all. */
export function placeAt(top: number, extent: Extent): Place {
  return settle({ top, offset: 0 }, extent);
}
