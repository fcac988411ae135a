/** One parameter override while it is edited: the name, and its value as JSON is written. */
export interface Override {
  id: string;
  name: string;
  raw: string;
}

/** As rows, or as the text of a JSON object; whichever is being edited. */
export type Overrides = readonly Override[] | string;

/** The text that is sent. Values stay as they were written: nothing is parsed and printed again, so that no digit is lost. */
export function textOf(overrides: Overrides): string {
  if (typeof overrides === 'string') return overrides;
  if (overrides.length === 0) return '{}';
  return `{\n${overrides.map((o) => `  ${JSON.stringify(o.name)}: ${o.raw.trim()}`).join(',\n')}\n}`;
}

/** The rows of a JSON object; none when it is no object yet. */
export function rowsOf(text: string): Override[] | undefined {
  if (text.trim() === '') return [];
  if (faultOf(text)) return undefined;
  // It is an object, so what is between its braces falls into members at the commas outside strings and brackets.
  return splitOutside(text.trim().slice(1, -1), ',')
    .filter((member) => member.trim() !== '')
    .map((member, i) => {
      const [name = '""', ...raw] = splitOutside(member, ':');
      return { id: String(i), name: String(JSON.parse(name)), raw: raw.join(':').trim() };
    });
}

function splitOutside(text: string, separator: string): string[] {
  const parts: string[] = [];
  let start = 0;
  let depth = 0;
  let quoted = false;
  for (let i = 0; i < text.length; i += 1) {
    const c = text[i];
    if (quoted) {
      if (c === '\\') i += 1;
      else if (c === '"') quoted = false;
    } else if (c === '"') quoted = true;
    else if (c === '{' || c === '[') depth += 1;
    else if (c === '}' || c === ']') depth -= 1;
    else if (c === separator && depth === 0) {
      parts.push(text.slice(start, i));
      start = i + 1;
    }
  }
  return [...parts, text.slice(start)];
}

/** Why a text is no JSON object, with the place where the browser names one. */
export interface JsonFault {
  kind: 'notJson' | 'notObject';
  line?: string;
  column?: string;
}

export function faultOf(text: string): JsonFault | undefined {
  if (text.trim() === '') return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? undefined : { kind: 'notObject' };
  } catch (error) {
    const place = /line (\d+) column (\d+)/.exec(String(error));
    return { kind: 'notJson', line: place?.[1], column: place?.[2] };
  }
}

export function isJson(raw: string): boolean {
  try {
    JSON.parse(raw);
    return true;
  } catch {
    return false;
  }
}
