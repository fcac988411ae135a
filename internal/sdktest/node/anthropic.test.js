import assert from 'node:assert/strict';
import Anthropic, { toFile } from '@anthropic-ai/sdk';
import { arrived, orders, paced, story } from './stage.js';

const ask = { model: 'claude-haiku-4-5', max_tokens: 64, messages: [{ role: 'user', content: 'grüß die 世界' }] };
const weather = { name: 'weather', input_schema: { type: 'object', properties: { city: { type: 'string' } } } };

// Since its version 1 the client sends an API key as a bearer. The scripted upstream insists on x-api-key, so straight to it
// the header is set by hand; through the gateway the client is used as its users do, and the gateway carries the key right.
function client(scene, headers = {}) {
  const key = scene.straight ? {} : { apiKey: scene.key };
  const byHand = scene.straight ? { 'X-Api-Key': scene.key, Authorization: null } : {};
  return new Anthropic({ baseURL: scene.base, ...key, maxRetries: 0, defaultHeaders: { ...headers, ...byHand } });
}

story('message', 'node-anthropic', {}, async (scene) => {
  const message = scene.saw(await client(scene).messages.create(ask));
  assert.match(message.content[0].text, /^You said: grüß die 世界/);
});

story('message as a stream', 'node-anthropic', {}, async (scene) => {
  let text = '';
  for await (const event of scene.events(await client(scene, paced).messages.create({ ...ask, stream: true }))) {
    text += event.delta?.text ?? '';
  }
  assert.equal(text, 'You said: grüß die 世界 – grüße, 世界 🚀.');
});

story('tools', 'node-anthropic', {}, async (scene) => {
  const anthropic = client(scene);
  const messages = [...ask.messages];
  const { content } = scene.saw(await anthropic.messages.create({ ...ask, messages, tools: [weather] }));
  assert.equal(content[0].input.city, 'Zürich');
  messages.push(
    { role: 'assistant', content },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: content[0].id, content: 'sunny' }] },
  );
  scene.saw(await anthropic.messages.create({ ...ask, messages, tools: [weather] }));
  const stream = await anthropic.messages.create({ ...ask, tools: [weather], stream: true });
  for await (const event of stream) scene.saw(event);
});

story('token count', 'node-anthropic', {}, async (scene) => {
  const { model, messages } = ask;
  const count = scene.saw(await client(scene).messages.countTokens({ model, messages }));
  assert.equal(count.input_tokens, 3);
});

story('models', 'node-anthropic', {}, async (scene) => {
  const anthropic = client(scene);
  scene.saw((await anthropic.models.list({ limit: 20 })).data);
  scene.saw(await anthropic.models.retrieve(ask.model));
});

story('files', 'node-anthropic', {}, async (scene) => {
  const anthropic = client(scene);
  const content = 'a line of notes\n'.repeat(10_000);
  const file = await toFile(Buffer.from(content), 'notes.txt', { type: 'text/plain' });
  const uploaded = scene.saw(await anthropic.beta.files.upload({ file, betas: ['files-api-2025-04-14'] }));
  assert.equal(uploaded.size_bytes, content.length);
  scene.saw(await anthropic.beta.files.delete(uploaded.id));
});

story('cancel within a stream', 'node-anthropic', {}, async (scene) => {
  const controller = new AbortController();
  const anthropic = client(scene, { [orders]: 'stall=4' });
  const stream = await anthropic.messages.create({ ...ask, stream: true }, { signal: controller.signal });
  let count = 0; // the fourth event is a ping, which the client keeps to itself
  for await (const _ of scene.events(stream)) if (++count === 3) scene.leave(controller);
  assert.equal(count, 3);
});

story('cancel before the answer', 'node-anthropic', {}, async (scene) => {
  const controller = new AbortController();
  const refused = scene.refused(client(scene, { [orders]: 'hang' }).messages.create(ask, { signal: controller.signal }));
  await arrived();
  scene.leave(controller);
  await refused;
});

const fields = ['status', 'type', 'message', 'error'];

story('an unknown model', 'node-anthropic', {}, async (scene) => {
  await scene.refused(client(scene).messages.create({ ...ask, model: 'claude-9' }), ...fields);
});

for (const [status, group] of [[400, 'node-anthropic'], [401, 'node-anthropic-401'], [429, 'node-anthropic-429'], [529, 'node-anthropic-529']]) {
  story(`status ${status}`, group, {}, async (scene) => {
    await scene.refused(client(scene, { [orders]: `status=${status}` }).messages.create(ask), ...fields);
  });
}

for (const fault of ['error=3;code=overloaded_error', 'cut=3']) {
  story(`a stream with ${fault}`, 'node-anthropic', {}, async (scene) => {
    const stream = await client(scene, { [orders]: `${fault};pace=15ms` }).messages.create({ ...ask, stream: true });
    await scene.refused((async () => { for await (const _ of scene.events(stream)); })());
  });
}
