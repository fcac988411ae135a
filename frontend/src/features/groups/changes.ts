import type { Change } from '../../components/SaveBar';

/** Pieces of what is edited, each with its name, what a reader calls it, and what it is, in words. */
export type Lines = Readonly<Record<string, { label: string; text: string }>>;

const nothing = '–';

/** What saving would change, piece by piece; with what someone else made of a piece since the draft began. */
export function changesOf(began: Lines, draft: Lines, current: Lines): Change[] {
  const names = [...new Set([...Object.keys(current), ...Object.keys(began), ...Object.keys(draft)])];
  return names
    .filter((name) => draft[name]?.text !== current[name]?.text)
    .map((name) => ({
      name,
      label: (draft[name] ?? current[name] ?? began[name])?.label ?? name,
      from: began[name]?.text ?? nothing,
      to: draft[name]?.text ?? nothing,
      theirs: began[name]?.text === current[name]?.text ? undefined : (current[name]?.text ?? nothing),
    }));
}

export function sameLines(a: Lines, b: Lines): boolean {
  return JSON.stringify(Object.entries(a).sort()) === JSON.stringify(Object.entries(b).sort());
}
