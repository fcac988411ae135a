import type { Dialect } from '../../generated/graphql';
import { sh } from '../../lib/shell';
import { placeholderKey } from '../../lib/snippets';

export interface Replay {
  /** The address of the group that was asked, …/proxy/{name}. */
  endpoint: string;
  dialect: Dialect;
  method: string;
  /** Path and query, without any key. */
  path: string;
  /** What the client sent, as far as it was kept; null when it was not. */
  body: string | null;
}

const carriers: Record<Dialect, string> = {
  OPENAI: `Authorization: Bearer ${placeholderKey}`,
  OPENAI_RESPONSES: `Authorization: Bearer ${placeholderKey}`,
  ANTHROPIC: `x-api-key: ${placeholderKey}`,
  GEMINI: `x-goog-api-key: ${placeholderKey}`,
};

/** The request as a command that sends it again; the proxy key is whoever's who runs it. */
export function curlOf({ endpoint, dialect, method, path, body }: Replay): string {
  const lines = [`curl ${sh(endpoint + path)}`, `-H ${sh(carriers[dialect])}`];
  if (dialect === 'ANTHROPIC') lines.push(`-H 'anthropic-version: 2023-06-01'`);
  if (method !== 'GET' && method !== 'POST') lines.splice(1, 0, `-X ${sh(method)}`);
  if (method === 'POST' && body === null) lines.splice(1, 0, '-X POST');
  if (body !== null) lines.push(`-H 'Content-Type: application/json'`, `--data-binary ${sh(body)}`);
  return lines.join(' \\\n  ');
}
