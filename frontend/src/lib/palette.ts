/** How many colours charts have for names; tokens.css holds them as --series-1 and on. */
export const paletteSize = 8;

/** What stands for all that is not named: no name of its own, so no colour of its own. */
export const restColour = '--disabled';

/** What each name was given first. One that had to step aside once does so wherever it stands, also where nobody is in its way. */
const given = new Map<string, number>();

/**
 * A colour token for each name, chosen by a hash of it, so that a thing keeps its colour on every page. Where two of the names
 * would share one, a newcomer takes the next that is free; more names than colours begin anew.
 */
export function coloursOf(names: readonly string[]): ReadonlyMap<string, string> {
  const colours = new Map<string, string>();
  let taken = new Set<number>();
  const sorted = [...new Set(names)].sort();
  const known = sorted.filter((name) => given.has(name));
  for (const name of [...known, ...sorted.filter((name) => !given.has(name))]) {
    if (taken.size === paletteSize) taken = new Set();
    let slot = given.get(name) ?? hash(name) % paletteSize;
    while (taken.has(slot)) slot = (slot + 1) % paletteSize;
    taken.add(slot);
    if (!given.has(name)) given.set(name, slot);
    colours.set(name, `--series-${slot + 1}`);
  }
  return colours;
}

/** FNV-1a over UTF-16 units. */
function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return h;
}
