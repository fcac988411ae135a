import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import type { Dialect } from '../generated/graphql';
import { languagesOf, type SnippetLanguage, snippet, snippetBase } from './snippets';

const dialects: Dialect[] = ['OPENAI', 'OPENAI_RESPONSES', 'ANTHROPIC', 'GEMINI'];
const endpoint = 'http://localhost:3001/proxy/example';

test('OpenAI’s SDKs want the version in the base, the others bring their own', () => {
  expect(dialects.map((d) => snippetBase(d, endpoint).slice(endpoint.length))).toEqual(['/v1', '/v1', '', '']);
});

describe.each(dialects.flatMap((dialect) => languagesOf(dialect).map((language) => [dialect, language] as const)))(
  '%s in %s',
  (dialect, language) => {
    const make = (proxyKey: string, model: string) => snippet({ dialect, language, endpoint, proxyKey, model });

    test('holds the base, the key and the model', () => {
      const code = make('key-a', 'model-b');
      expect(code).toContain(snippetBase(dialect, endpoint));
      expect(code).toContain('key-a');
      expect(code).toContain('model-b');
    });

    test('keeps quotes and backslashes of a key inside their string', () => {
      const key = `k'"\\$(id)`;
      const code = make(key, 'model-b');
      const shell = (['claude', 'codex'] as SnippetLanguage[]).includes(language);
      if (shell) {
        // The shell itself says what the tool would find in its environment.
        const lines = code.match(/export .*/g)?.join('\n');
        const { stdout } = spawnSync('sh', ['-c', `${lines}\nenv`], { encoding: 'utf8' });
        expect(stdout).toContain(key);
      } else if (language === 'curl') {
        // The shell itself says what curl would be given.
        const { stdout } = spawnSync('sh', ['-c', code.replace(/^curl/, 'printf "%s\\n"')], { encoding: 'utf8' });
        expect(stdout).toContain(key);
      } else {
        expect(code).toContain(JSON.stringify(key));
      }
    });
  },
);

test('Claude Code stands with Anthropic’s dialect alone, Codex with OpenAI’s', () => {
  expect(dialects.map((d) => languagesOf(d).slice(3))).toEqual([['codex'], ['codex'], ['claude'], []]);
});

test.each([
  ['OPENAI', `${endpoint}/v1/chat/completions`],
  ['OPENAI_RESPONSES', `${endpoint}/v1/responses`],
  ['ANTHROPIC', `${endpoint}/v1/messages`],
  ['GEMINI', `${endpoint}/v1beta/models/model-b:generateContent`],
] as const)('curl asks %s at %s', (dialect, url) => {
  expect(snippet({ dialect, language: 'curl', endpoint, proxyKey: 'key-a', model: 'model-b' })).toContain(`curl '${url}'`);
});
