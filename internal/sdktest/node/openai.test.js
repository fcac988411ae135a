import assert from 'node:assert/strict';
import OpenAI, { toFile } from 'openai';
import { arrived, orders, paced, story } from './stage.js';

const versioned = { direct: '/v1', through: '/v1' };
const ask = { model: 'gpt-5-mini', messages: [{ role: 'user', content: 'grüß die 世界' }] };
const weather = { type: 'function', function: { name: 'weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } } };

function client(scene, headers = {}) {
  return new OpenAI({ baseURL: scene.base, apiKey: scene.key, maxRetries: 0, defaultHeaders: headers });
}

async function chat(scene) {
  const completion = scene.saw(await client(scene).chat.completions.create(ask));
  assert.match(completion.choices[0].message.content, /^You said: grüß die 世界/);
}

story('chat', 'node-openai', versioned, chat);

// The snippet that users paste: the base URL is the group's endpoint and nothing more.
story('chat without the version in the base URL', 'node-openai', { direct: '/v1' }, chat);

story('chat as a stream', 'node-openai', versioned, async (scene) => {
  const stream = await client(scene, paced).chat.completions.create({ ...ask, stream: true, stream_options: { include_usage: true } });
  let text = '';
  for await (const chunk of scene.events(stream)) text += chunk.choices[0]?.delta.content ?? '';
  assert.equal(text, 'You said: grüß die 世界 – grüße, 世界 🚀.');
});

story('tools', 'node-openai', versioned, async (scene) => {
  const openai = client(scene);
  const messages = [...ask.messages];
  const { message } = scene.saw(await openai.chat.completions.create({ ...ask, messages, tools: [weather] })).choices[0];
  assert.match(message.tool_calls[0].function.arguments, /9007199254740993/);
  messages.push(message, { role: 'tool', tool_call_id: message.tool_calls[0].id, content: 'sunny' });
  scene.saw(await openai.chat.completions.create({ ...ask, messages, tools: [weather] }));
});

story('responses', 'node-openai', versioned, async (scene) => {
  const openai = client(scene, paced);
  const first = scene.saw(await openai.responses.create({ model: 'gpt-5', input: 'hello' }));
  assert.match(first.output_text, /^You said: hello/);
  const stream = await openai.responses.create({ model: 'gpt-5', input: 'again', previous_response_id: first.id, stream: true });
  let last;
  for await (const event of scene.events(stream)) last = event.type;
  assert.equal(last, 'response.completed');
});

story('embeddings', 'node-openai', versioned, async (scene) => {
  const made = scene.saw(await client(scene).embeddings.create({ model: 'text-embedding-3-small', input: ['one', 'two'] }));
  assert.equal(made.data[1].embedding.length, 8);
});

story('media', 'node-openai', versioned, async (scene) => {
  const openai = client(scene);
  scene.saw(await openai.images.generate({ model: 'gpt-image-2.5-flare', prompt: 'a dot' }));
  const file = await toFile(Buffer.from([0x52, 0x49, 0x00, 0xff]), 'speech.wav', { type: 'audio/wav' });
  scene.saw(await openai.audio.transcriptions.create({ model: 'gpt-4o-mini-transcribe', file }));
  const speech = await openai.audio.speech.create({ model: 'gpt-4o-mini-tts', voice: 'alloy', input: 'hello' });
  scene.saw(Buffer.from(await speech.arrayBuffer()).toString('base64'));
});

story('files', 'node-openai', versioned, async (scene) => {
  const openai = client(scene);
  const content = '{"custom_id":"1"}\n'.repeat(10_000);
  const uploaded = scene.saw(await openai.files.create({ purpose: 'batch', file: await toFile(Buffer.from(content), 'lines.jsonl') }));
  assert.equal(uploaded.bytes, content.length);
  const back = await openai.files.content(uploaded.id);
  assert.equal(await back.text(), content);
  scene.saw(await openai.files.delete(uploaded.id));
});

story('models', 'node-openai', versioned, async (scene) => {
  const openai = client(scene);
  scene.saw((await openai.models.list()).data);
  scene.saw(await openai.models.retrieve('ft:gpt-4o-mini:acme/house')); // its slash travels as %2F
});

story('cancel within a stream', 'node-openai', versioned, async (scene) => {
  const controller = new AbortController();
  const openai = client(scene, { [orders]: 'stall=2' });
  const stream = await openai.chat.completions.create({ ...ask, stream: true }, { signal: controller.signal });
  let count = 0;
  for await (const _ of scene.events(stream)) if (++count === 2) scene.leave(controller);
  assert.equal(count, 2);
});

story('cancel before the answer', 'node-openai', versioned, async (scene) => {
  const controller = new AbortController();
  const answer = client(scene, { [orders]: 'hang' }).chat.completions.create(ask, { signal: controller.signal });
  const refused = scene.refused(answer);
  await arrived();
  scene.leave(controller);
  await refused;
});

const fields = ['status', 'code', 'type', 'param', 'message', 'error'];

story('an unknown model', 'node-openai', versioned, async (scene) => {
  await scene.refused(client(scene).chat.completions.create({ ...ask, model: 'gpt-9' }), ...fields);
});

for (const [status, group] of [[400, 'node-openai'], [401, 'node-openai-401'], [429, 'node-openai-429'], [503, 'node-openai-503']]) {
  story(`status ${status}`, group, versioned, async (scene) => {
    await scene.refused(client(scene, { [orders]: `status=${status}` }).chat.completions.create(ask), ...fields);
  });
}

for (const fault of ['error=3', 'cut=3']) {
  story(`a stream with ${fault}`, 'node-openai', versioned, async (scene) => {
    const stream = await client(scene, { [orders]: `${fault};pace=15ms` }).chat.completions.create({ ...ask, stream: true });
    await scene.refused((async () => { for await (const _ of scene.events(stream)); })());
  });
}
