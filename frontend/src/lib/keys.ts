/** What a paste holds, counted before any server has seen it. */
export interface Paste {
  keys: string[];
  repeated: number;
}

/** One key a line, or separated by white space, commas or semicolons, or a JSON array of strings: the server's own rule. */
export function readPaste(text: string): Paste {
  const found = fromJSON(text) ?? text.split(/[\s,;]+/);
  const all = found.map((k) => k.trim()).filter((k) => k !== '');
  const keys = [...new Set(all)];
  return { keys, repeated: all.length - keys.length };
}

function fromJSON(text: string): string[] | null {
  if (!text.trimStart().startsWith('[')) return null;
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) && value.every((v) => typeof v === 'string') ? value : null;
  } catch {
    return null;
  }
}

const prefixes = /^(sk|rk|pk|gsk|xai|hf|r8|nvapi|pplx|fw|tgp|csk|AIza|Bearer)[-_A-Za-z0-9]/;

/** Whether a text is a key by its looks: a provider's prefix, or long and of letters and digits without a word in it. */
export function looksLikeKey(text: string): boolean {
  if (/\s/.test(text)) return false;
  if (prefixes.test(text) && text.length >= 8) return true;
  return text.length >= 24 && /\d/.test(text) && /[A-Za-z]/.test(text) && /^[\w.~+=:-]+$/.test(text);
}
