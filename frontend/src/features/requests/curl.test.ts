import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { curlOf, type Replay } from './curl';

const replay: Replay = {
  endpoint: 'http://localhost:3001/proxy/openai',
  dialect: 'OPENAI',
  method: 'POST',
  path: '/v1/chat/completions?a=1',
  body: `{"content":"it's $HOME\n\`x\`"}`,
};

/** What a shell makes of the command, word by word. */
function words(command: string): string[] {
  const shown = execFileSync('sh', [
    '-c',
    `show() { for word; do printf '%s\\0' "$word"; done; }; ${command.replace(/^curl/, 'show')}`,
  ]);
  return shown.toString().split('\0').slice(0, -1);
}

test('a shell reads every byte of it as it was sent, and no key is in it', () => {
  const said = words(curlOf(replay));
  expect(said).toEqual([
    'http://localhost:3001/proxy/openai/v1/chat/completions?a=1',
    '-H',
    'Authorization: Bearer YOUR_PROXY_KEY',
    '-H',
    'Content-Type: application/json',
    '--data-binary',
    replay.body,
  ]);
});

test('each dialect carries the key its way, and a body that was not kept is none', () => {
  expect(words(curlOf({ ...replay, dialect: 'ANTHROPIC', body: null }))).toEqual(
    expect.arrayContaining(['-X', 'POST', 'x-api-key: YOUR_PROXY_KEY', 'anthropic-version: 2023-06-01']),
  );
  expect(words(curlOf({ ...replay, dialect: 'GEMINI', method: 'GET', body: null }))).toEqual([
    'http://localhost:3001/proxy/openai/v1/chat/completions?a=1',
    '-H',
    'x-goog-api-key: YOUR_PROXY_KEY',
  ]);
});
