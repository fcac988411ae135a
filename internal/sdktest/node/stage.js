// Tells a story twice, straight to the scripted upstream and through the gateway, and compares what the client saw and what
// the upstream was asked. Without GATEWAY_URL both tellings go straight, which shows that a story is the same each time.
import assert from 'node:assert/strict';
import { test } from 'node:test';

const network = globalThis.fetch; // the one that no scene watches
const upstream = required('UPSTREAM_URL');
const pool = required('UPSTREAM_KEYS').split(','); // the first is used without a gateway, too
const upstreamKey = pool[0];
const gateway = process.env.GATEWAY_URL;
const proxyKey = gateway ? required('PROXY_KEY') : upstreamKey;

export const orders = 'X-Upstream-Do';
export const paced = { [orders]: 'pace=15ms' };

/** How much later than without a gateway the upstream may learn that the client has gone, in milliseconds. */
const cancelSlack = 100;

const carriers = ['authorization', 'x-api-key', 'api-key', 'x-goog-api-key'];
const hops = ['host', 'connection', 'via'];
const withheld = /^(set-cookie|clear-site-data|strict-transport-security|alt-svc|access-control-.*)$/;

function required(name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set`);
  return value;
}

/**
 * @param {string} name of the test
 * @param {string} group that the story is told through
 * @param {{direct?: string, through?: string}} base what follows the upstream's address, and the group's
 * @param {(scene: Scene) => Promise<void>} tell
 */
export function story(name, group, base, tell) {
  test(name, async () => {
    const straight = () => perform(tell, new Scene(upstream + (base.direct ?? ''), upstreamKey, true));
    const direct = await straight();
    compare(direct, gateway
      ? await perform(tell, new Scene(`${gateway}/proxy/${group}${base.through ?? ''}`, proxyKey, false))
      : await straight());
  });
}

class Scene {
  seen = [];
  answers = [];
  first = 0;
  left = 0;
  /** May rewrite a request before it leaves: (url, init) => [url, init]. */
  edit = (url, init) => [url, init];

  constructor(base, key, straight) {
    this.base = base;
    this.key = key;
    /** Whether the client talks to the upstream itself. */
    this.straight = straight;
  }

  /** Keeps a typed value, without the headers that genai puts into its own: those are compared as answers. */
  saw(value) {
    this.seen.push(JSON.stringify(value, (key, inner) => (key === 'sdkHttpResponse' ? undefined : inner)));
    return value;
  }

  /** Keeps the events of a stream and yields them. */
  async *events(stream) {
    for await (const event of stream) {
      this.first ||= Date.now();
      this.saw(event);
      yield event;
    }
  }

  /** Expects the promise to fail, and keeps what a program can tell from the error. */
  async refused(promise, ...fields) {
    const error = await promise.then(() => assert.fail('no error'), (reason) => reason);
    assert.ok(!(error instanceof assert.AssertionError), error.message);
    this.saw([error.constructor.name, ...fields.map((field) => error[field])]);
  }

  leave(controller) {
    this.left = Date.now();
    controller.abort();
  }
}

async function perform(tell, scene) {
  await network(`${upstream}/_requests`, { method: 'DELETE' });
  globalThis.fetch = async (url, init) => {
    const response = await network(...scene.edit(url, init));
    scene.answers.push({ status: response.status, headers: [...response.headers] });
    return response;
  };
  try {
    await tell(scene);
  } finally {
    globalThis.fetch = network;
  }
  return { scene, requests: await ended() };
}

/** The recorded requests, once none of them is under way. */
async function ended() {
  const deadline = Date.now() + 10_000;
  for (;;) {
    const requests = await requestsSoFar();
    if (requests.every((request) => !request.finished.startsWith('0001'))) return requests;
    assert.ok(Date.now() < deadline, 'the upstream is still busy after 10 s');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function requestsSoFar() {
  const response = await network(`${upstream}/_requests`);
  return response.json();
}

/** Resolves when the upstream has received a request. */
export async function arrived() {
  const deadline = Date.now() + 10_000;
  while ((await requestsSoFar()).length === 0) {
    assert.ok(Date.now() < deadline, 'no request within 10 s');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

function compare(direct, through) {
  assert.deepEqual(through.scene.seen.map(plain), direct.scene.seen.map(plain), 'what the client saw');
  assert.deepEqual(through.scene.answers.map(plainAnswer), direct.scene.answers.map(plainAnswer), 'the answers');
  assert.deepEqual(distinct(through.requests), distinct(direct.requests), 'what the upstream was asked');
  for (const request of through.requests) {
    assert.ok(pool.includes(request.key), `the upstream was shown the key ${request.key}`);
    const raw = Buffer.from(request.raw, 'base64').toString('latin1');
    assert.ok(!gateway || !raw.includes(proxyKey), 'the proxy key reached the upstream');
  }
  const last = through.requests.at(-1);
  if (through.scene.first && !through.scene.left) {
    assert.ok(through.scene.first < Date.parse(last.finished), 'the first event came after the upstream had finished');
  }
  assert.ok(gone(through) - gone(direct) <= cancelSlack, `the upstream learnt of the leave ${gone(through) - gone(direct)} ms later`);
}

/** How long the upstream took to see that the client had left; 0 when it did not leave. */
function gone({ scene, requests }) {
  if (!scene.left) return 0;
  const { cancelled } = requests.at(-1);
  return cancelled.startsWith('0001') ? Infinity : Date.parse(cancelled) - scene.left;
}

/** Further attempts of one failed request are the gateway's affair. */
function distinct(requests) {
  const all = requests.map((request) => [request.status, plainRequest(request)]);
  return all.filter(([status, text], i) => !(status >= 400 && all[i - 1]?.[1] === text)).map(([, text]) => text);
}

function plain(text) {
  return text.replace(/(req_|file-|file_|upload-|files\/)[0-9]{8}/g, '$1N');
}

/** An answer without what is different each time: date, counted ids, how well a body with them packs, an upload's host. */
function plainAnswer({ status, headers }) {
  const packed = headers.some(([name]) => name === 'content-encoding');
  const kept = headers
    .filter(([name]) => name !== 'date' && !withheld.test(name) && !(packed && name === 'content-length'))
    .map(([name, value]) => [name, name === 'x-goog-upload-url' ? value.slice(value.indexOf('/upload/')) : value]);
  return plain(JSON.stringify([status, kept]));
}

function plainRequest(request) {
  const headers = request.header
    .map(({ name, value }) => [name.toLowerCase(), value])
    .filter(([name]) => !carriers.includes(name) && !hops.includes(name))
    .sort(([a], [b]) => (a < b ? -1 : Number(a > b)));
  const target = request.target.replace(/([?&])key=[^&]*&?/, '$1').replace(/[?&]+$/, '');
  const body = Buffer.from(request.body ?? '', 'base64').toString('latin1');
  const boundary = /boundary=([^;]+)/.exec(headers.find(([name]) => name === 'content-type')?.[1] ?? '')?.[1];
  const text = JSON.stringify([request.method, target, headers, body]);
  return plain(boundary ? text.replaceAll(boundary, 'BOUNDARY') : text);
}
