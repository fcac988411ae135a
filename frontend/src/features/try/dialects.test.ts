import { describe, expect, test } from 'vitest';
import type { Dialect } from '../../generated/graphql';
import { requestFor } from '../../lib/trial';
import { answerOf, deltaOf, errorOf } from './dialects';

const ask = { model: 'm/1', prompt: 'hello', stream: true };

test.each<[Dialect, string, object]>([
  ['OPENAI', 'v1/chat/completions', { model: 'm/1', stream: true, messages: [{ role: 'user', content: 'hello' }] }],
  ['OPENAI_RESPONSES', 'v1/responses', { model: 'm/1', input: 'hello', stream: true }],
  ['ANTHROPIC', 'v1/messages', { model: 'm/1', stream: true, messages: [{ role: 'user', content: 'hello' }] }],
  ['GEMINI', 'v1beta/models/m%2F1:streamGenerateContent?alt=sse', { contents: [{ role: 'user', parts: [{ text: 'hello' }] }] }],
])('%s is asked in its own words', (dialect, path, body) => {
  const request = requestFor(dialect, ask);
  expect(request.path).toBe(path);
  expect(JSON.parse(request.body)).toMatchObject(body);
  expect(requestFor(dialect, { ...ask, stream: false }).body).not.toContain('stream');
});

describe('text is found in events and in answers', () => {
  test.each<[Dialect, unknown, string]>([
    ['OPENAI', { choices: [{ delta: { content: 'hi' } }] }, 'hi'],
    ['OPENAI', { choices: [], usage: {} }, ''],
    ['OPENAI_RESPONSES', { type: 'response.output_text.delta', delta: 'hi' }, 'hi'],
    ['OPENAI_RESPONSES', { type: 'response.reasoning_text.delta', delta: 'hm' }, ''],
    ['ANTHROPIC', { type: 'content_block_delta', delta: { type: 'text_delta', text: 'hi' } }, 'hi'],
    ['ANTHROPIC', { type: 'ping' }, ''],
    ['GEMINI', { candidates: [{ content: { parts: [{ text: 'h' }, { text: 'i' }] } }] }, 'hi'],
    ['GEMINI', undefined, ''],
  ])('%s event %j', (dialect, event, text) => expect(deltaOf(dialect, event)).toBe(text));

  test.each<[Dialect, unknown]>([
    ['OPENAI', { choices: [{ message: { content: 'hi' } }] }],
    [
      'OPENAI_RESPONSES',
      { output: [{ type: 'reasoning' }, { type: 'message', content: [{ type: 'output_text', text: 'hi' }] }] },
    ],
    ['ANTHROPIC', { content: [{ type: 'text', text: 'hi' }] }],
    ['GEMINI', { candidates: [{ content: { parts: [{ text: 'hi' }] } }] }],
  ])('%s answer', (dialect, answer) => expect(answerOf(dialect, answer)).toBe('hi'));
});

test.each([
  [{ error: { message: 'no' } }, 'no'],
  [{ type: 'error', error: { type: 'overloaded_error', message: 'busy' } }, 'busy'],
  [{ type: 'response.failed', response: { error: { message: 'broke' } } }, 'broke'],
  [{ errors: [{ message: 'no such key' }] }, 'no such key'],
  [{ choices: [] }, ''],
  ['plain', ''],
])('what went wrong is told: %j', (answer, says) => expect(errorOf(answer)).toBe(says));
