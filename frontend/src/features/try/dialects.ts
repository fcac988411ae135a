import type { Dialect } from '../../generated/graphql';

/** Follows a path into JSON of any shape; undefined where it leads nowhere. */
function at(value: unknown, ...path: (string | number)[]): unknown {
  let found = value;
  for (const step of path) {
    if (typeof found !== 'object' || found === null) return undefined;
    found = Object.entries(found).find(([name]) => name === String(step))?.[1];
  }
  return found;
}

/** Every piece of text below a list, joined. */
function texts(list: unknown, ...path: (string | number)[]): string {
  return Array.isArray(list) ? list.map((item) => string(at(item, ...path))).join('') : '';
}

function string(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** What one event of a stream adds to the answer. */
export function deltaOf(dialect: Dialect, event: unknown): string {
  switch (dialect) {
    case 'OPENAI':
      return texts(at(event, 'choices'), 'delta', 'content');
    case 'OPENAI_RESPONSES':
      return at(event, 'type') === 'response.output_text.delta' ? string(at(event, 'delta')) : '';
    case 'ANTHROPIC':
      return at(event, 'type') === 'content_block_delta' ? string(at(event, 'delta', 'text')) : '';
    case 'GEMINI':
      return texts(at(event, 'candidates', 0, 'content', 'parts'), 'text');
  }
}

/** The text of an answer that came in one piece. */
export function answerOf(dialect: Dialect, answer: unknown): string {
  switch (dialect) {
    case 'OPENAI':
      return string(at(answer, 'choices', 0, 'message', 'content'));
    case 'OPENAI_RESPONSES': {
      const output = at(answer, 'output');
      return Array.isArray(output) ? output.map((item) => texts(at(item, 'content'), 'text')).join('') : '';
    }
    case 'ANTHROPIC':
      return texts(at(answer, 'content'), 'text');
    case 'GEMINI':
      return texts(at(answer, 'candidates', 0, 'content', 'parts'), 'text');
  }
}

/** What an answer or an event says went wrong; empty when nothing did. Every dialect words it alike. */
export function errorOf(answer: unknown): string {
  return (
    string(at(answer, 'error', 'message')) ||
    string(at(answer, 'response', 'error', 'message')) ||
    string(at(answer, 'errors', 0, 'message')) ||
    string(at(answer, 'error'))
  );
}
