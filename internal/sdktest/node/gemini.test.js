import assert from 'node:assert/strict';
import { GoogleGenAI } from '@google/genai';
import { arrived, orders, paced, story } from './stage.js';

const model = 'gemini-2.5-flash';
const ask = { model, contents: 'grüß die 世界' };
const weather = { functionDeclarations: [{ name: 'weather', parameters: { type: 'OBJECT', properties: { city: { type: 'STRING' } } } }] };

function client(scene, headers = {}) {
  return new GoogleGenAI({ apiKey: scene.key, httpOptions: { baseUrl: scene.base, headers } });
}

async function generate(scene) {
  const answer = scene.saw(await client(scene).models.generateContent(ask));
  assert.match(answer.candidates[0].content.parts[0].text, /^You said: grüß die 世界/);
}

async function stream(scene) {
  let text = '';
  for await (const chunk of scene.events(await client(scene, paced).models.generateContentStream(ask))) {
    text += chunk.candidates[0].content.parts[0].text;
  }
  assert.equal(text, 'You said: grüß die 世界 – grüße, 世界 🚀.');
}

story('generate', 'node-gemini', {}, generate);
story('generate as a stream', 'node-gemini', {}, stream);

// A client of the old kind, which sends ?key= and no header.
story('key in the query', 'node-gemini', {}, async (scene) => {
  scene.edit = (url, init) => {
    const address = new URL(url);
    const headers = new Headers(init.headers);
    address.searchParams.set('key', headers.get('x-goog-api-key'));
    headers.delete('x-goog-api-key');
    return [address, { ...init, headers }];
  };
  await generate(scene);
  await stream(scene);
});

story('tools', 'node-gemini', {}, async (scene) => {
  const { models } = client(scene);
  const contents = [{ role: 'user', parts: [{ text: 'what is the weather?' }] }];
  const config = { tools: [weather] };
  const first = scene.saw(await models.generateContent({ model, contents, config }));
  assert.equal(first.candidates[0].content.parts[0].functionCall.args.city, 'Zürich');
  contents.push(first.candidates[0].content, { role: 'user', parts: [{ functionResponse: { name: 'weather', response: { sky: 'clear' } } }] });
  scene.saw(await models.generateContent({ model, contents, config }));
});

story('token count', 'node-gemini', {}, async (scene) => {
  const count = scene.saw(await client(scene).models.countTokens(ask));
  assert.equal(count.totalTokens, 3);
});

story('embeddings', 'node-gemini', {}, async (scene) => {
  const made = scene.saw(await client(scene).models.embedContent({ model: 'gemini-embedding-001', contents: ['one', 'two'] }));
  assert.equal(made.embeddings.length, 2);
});

story('models', 'node-gemini', {}, async (scene) => {
  const { models } = client(scene);
  scene.saw((await models.list({ config: { pageSize: 50 } })).page);
  scene.saw(await models.get({ model }));
});

story('files', 'node-gemini', {}, async (scene) => {
  const { files } = client(scene);
  const content = 'a line of notes\n'.repeat(10_000);
  const file = new Blob([content], { type: 'text/plain' });
  const uploaded = scene.saw(await files.upload({ file, config: { mimeType: 'text/plain', displayName: 'notes' } }));
  assert.equal(uploaded.sizeBytes, String(content.length));
  scene.saw(await files.get({ name: uploaded.name }));
  scene.saw(await files.delete({ name: uploaded.name }));
});

story('cancel within a stream', 'node-gemini', {}, async (scene) => {
  const controller = new AbortController();
  const chunks = await client(scene, { [orders]: 'stall=2' }).models.generateContentStream({ ...ask, config: { abortSignal: controller.signal } });
  let count = 0;
  await scene.refused((async () => {
    for await (const _ of scene.events(chunks)) if (++count === 2) scene.leave(controller);
  })());
});

story('cancel before the answer', 'node-gemini', {}, async (scene) => {
  const controller = new AbortController();
  const answer = client(scene, { [orders]: 'hang' }).models.generateContent({ ...ask, config: { abortSignal: controller.signal } });
  const refused = scene.refused(answer);
  await arrived();
  scene.leave(controller);
  await refused;
});

story('an unknown model', 'node-gemini', {}, async (scene) => {
  await scene.refused(client(scene).models.generateContent({ ...ask, model: 'gemini-9' }), 'status', 'message');
});

for (const [order, group] of [
  ['status=400', 'node-gemini'],
  ['status=400;code=API_KEY_INVALID', 'node-gemini-400'],
  ['status=429', 'node-gemini-429'],
  ['status=503', 'node-gemini-503'],
]) {
  story(order, group, {}, async (scene) => {
    await scene.refused(client(scene, { [orders]: order }).models.generateContent(ask), 'status', 'message');
  });
}

for (const fault of ['error=3;status=503', 'cut=3']) {
  story(`a stream with ${fault}`, 'node-gemini', {}, async (scene) => {
    const chunks = await client(scene, { [orders]: `${fault};pace=15ms` }).models.generateContentStream(ask);
    await scene.refused((async () => { for await (const _ of scene.events(chunks)); })());
  });
}
