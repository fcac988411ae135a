// Sends requests at a steady pace, in a process of its own so that whoever measures has nothing else to do.
// Arguments: the address, a proxy key, how many a second, for how many seconds.
import { Agent, request } from 'node:http';

const [url = '', proxyKey, perSecond, seconds] = process.argv.slice(2);
const all = Number(perSecond) * Number(seconds);
const agent = new Agent({ keepAlive: true, maxSockets: 64 });
const body = JSON.stringify({ model: 'gpt-4.1-nano', messages: [{ role: 'user', content: 'hello' }] });
const headers = { 'Content-Type': 'application/json', Authorization: `Bearer ${proxyKey}`, 'Content-Length': body.length };
const began = performance.now();
let due = 0;
let answered = 0;

/** @param {import('node:http').IncomingMessage} answer */
function take(answer) {
  if (answer.statusCode !== 200) throw new Error(`answered ${answer.statusCode}`);
  answer.resume();
  answer.on('end', () => {
    answered += 1;
    if (answered < all) return;
    clearInterval(timer);
    agent.destroy();
    process.send?.({ sent: answered, took: (performance.now() - began) / 1000 });
  });
}

const timer = setInterval(() => {
  const wanted = Math.min(all, Math.floor(((performance.now() - began) * Number(perSecond)) / 1000));
  for (; due < wanted; due += 1) request(url, { method: 'POST', headers, agent }, take).end(body);
}, 5);
