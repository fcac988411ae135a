import { expect, test } from 'vitest';
import { createEventReader } from './events';

const stream =
  ': a comment\nevent: message\ndata: {"a":1}\n\ndata: two\ndata: lines\r\n\r\ndata:tight\r\rid: 7\n\ndata\n\ndata: [DONE]\n\n';
const events = ['{"a":1}', 'two\nlines', 'tight', '', '[DONE]'];

test('a stream is read the same however it is cut', () => {
  for (let size = 1; size <= stream.length; size += 1) {
    const read = createEventReader();
    const found: string[] = [];
    for (let at = 0; at < stream.length; at += size) found.push(...read(stream.slice(at, at + size)));
    expect(found).toEqual(events);
  }
});

test('an event that was not ended is none', () => {
  expect(createEventReader()('data: half\n')).toEqual([]);
});
