import type { Dialect } from '../generated/graphql';
import { sh } from './shell';

export type SnippetLanguage = 'curl' | 'python' | 'node' | 'claude' | 'codex';

/** What a dialect's clients are written in; tools that speak but one dialect stand with it alone. */
export function languagesOf(dialect: Dialect): SnippetLanguage[] {
  return [
    'curl',
    'python',
    'node',
    ...(dialect === 'ANTHROPIC' ? (['claude'] as const) : dialect === 'GEMINI' ? [] : (['codex'] as const)),
  ];
}

export interface SnippetInput {
  dialect: Dialect;
  language: SnippetLanguage;
  /** The group's address, …/proxy/{name}. */
  endpoint: string;
  proxyKey: string;
  model: string;
}

/** What stands where the proxy key belongs until there is one. */
export const placeholderKey = 'YOUR_PROXY_KEY';

/** What a first request asks. */
export const samplePrompt = 'Say hello in one short sentence.';

type Template = (base: string, key: string, model: string) => string;

/** SDKs differ in what they append to a base URL: OpenAI's leave `/v1` to the base, Anthropic's and Gemini's bring their version. */
export function snippetBase(dialect: Dialect, endpoint: string): string {
  return dialect === 'OPENAI' || dialect === 'OPENAI_RESPONSES' ? `${endpoint}/v1` : endpoint;
}

export function snippet({ dialect, language, endpoint, proxyKey, model }: SnippetInput): string {
  const base = snippetBase(dialect, endpoint);
  if (language === 'claude') return claudeCode(endpoint, proxyKey, model);
  return language === 'codex' ? codex(base, proxyKey, model) : templates[dialect][language](base, proxyKey, model);
}

/** What a snippet needs: the command that installs its package, or the file it belongs in. */
export function installLine(dialect: Dialect, language: SnippetLanguage): string {
  const [pip, npm] = packages[dialect];
  const lines: Record<SnippetLanguage, string> = {
    curl: '',
    python: `pip install ${pip}`,
    node: `npm install ${npm}`,
    claude: 'npm install -g @anthropic-ai/claude-code',
    codex: '~/.codex/config.toml',
  };
  return lines[language];
}

const packages: Record<Dialect, [pip: string, npm: string]> = {
  OPENAI: ['openai', 'openai'],
  OPENAI_RESPONSES: ['openai', 'openai'],
  ANTHROPIC: ['anthropic', '@anthropic-ai/sdk'],
  GEMINI: ['google-genai', '@google/genai'],
};

/** A value as a string literal; JSON's is also Python's and JavaScript's. */
function lit(value: string): string {
  return JSON.stringify(value);
}

function curl(url: string, headers: string[], body: object): string {
  const lines = [`curl ${sh(url)}`, ...headers.map((h) => `  -H ${sh(h)}`), `  -d ${sh(JSON.stringify(body))}`];
  return lines.join(' \\\n');
}

/** Claude Code takes its address and its key from the environment. */
function claudeCode(endpoint: string, key: string, model: string): string {
  return `export ANTHROPIC_BASE_URL=${sh(endpoint)}
export ANTHROPIC_AUTH_TOKEN=${sh(key)}
export ANTHROPIC_MODEL=${sh(model)}
claude`;
}

/** Codex wants a provider of its own in its configuration, and the key in a variable of the environment. */
function codex(base: string, key: string, model: string): string {
  return `# In the shell: export ROUNDHOUSE_PROXY_KEY=${sh(key)}
model = ${lit(model)}
model_provider = "roundhouse"

[model_providers.roundhouse]
name = "Roundhouse"
base_url = ${lit(base)}
env_key = "ROUNDHOUSE_PROXY_KEY"
wire_api = "responses"`;
}

const json = 'Content-Type: application/json';

const templates: Record<Dialect, Record<Exclude<SnippetLanguage, 'claude' | 'codex'>, Template>> = {
  OPENAI: {
    curl: (base, key, model) =>
      curl(`${base}/chat/completions`, [`Authorization: Bearer ${key}`, json], {
        model,
        messages: [{ role: 'user', content: samplePrompt }],
      }),
    python: (base, key, model) => `from openai import OpenAI

client = OpenAI(base_url=${lit(base)}, api_key=${lit(key)})
answer = client.chat.completions.create(
    model=${lit(model)},
    messages=[{"role": "user", "content": ${lit(samplePrompt)}}],
)
print(answer.choices[0].message.content)`,
    node: (base, key, model) => `import OpenAI from "openai";

const client = new OpenAI({ baseURL: ${lit(base)}, apiKey: ${lit(key)} });
const answer = await client.chat.completions.create({
  model: ${lit(model)},
  messages: [{ role: "user", content: ${lit(samplePrompt)} }],
});
console.log(answer.choices[0].message.content);`,
  },
  OPENAI_RESPONSES: {
    curl: (base, key, model) => curl(`${base}/responses`, [`Authorization: Bearer ${key}`, json], { model, input: samplePrompt }),
    python: (base, key, model) => `from openai import OpenAI

client = OpenAI(base_url=${lit(base)}, api_key=${lit(key)})
answer = client.responses.create(model=${lit(model)}, input=${lit(samplePrompt)})
print(answer.output_text)`,
    node: (base, key, model) => `import OpenAI from "openai";

const client = new OpenAI({ baseURL: ${lit(base)}, apiKey: ${lit(key)} });
const answer = await client.responses.create({ model: ${lit(model)}, input: ${lit(samplePrompt)} });
console.log(answer.output_text);`,
  },
  ANTHROPIC: {
    curl: (base, key, model) =>
      curl(`${base}/v1/messages`, [`x-api-key: ${key}`, 'anthropic-version: 2023-06-01', json], {
        model,
        max_tokens: 64,
        messages: [{ role: 'user', content: samplePrompt }],
      }),
    python: (base, key, model) => `from anthropic import Anthropic

client = Anthropic(base_url=${lit(base)}, api_key=${lit(key)})
answer = client.messages.create(
    model=${lit(model)},
    max_tokens=64,
    messages=[{"role": "user", "content": ${lit(samplePrompt)}}],
)
print(answer.content[0].text)`,
    node: (base, key, model) => `import Anthropic from "@anthropic-ai/sdk";

const client = new Anthropic({ baseURL: ${lit(base)}, apiKey: ${lit(key)} });
const answer = await client.messages.create({
  model: ${lit(model)},
  max_tokens: 64,
  messages: [{ role: "user", content: ${lit(samplePrompt)} }],
});
console.log(answer.content[0].text);`,
  },
  GEMINI: {
    curl: (base, key, model) =>
      curl(`${base}/v1beta/models/${encodeURIComponent(model)}:generateContent`, [`x-goog-api-key: ${key}`, json], {
        contents: [{ parts: [{ text: samplePrompt }] }],
      }),
    python: (base, key, model) => `from google import genai

client = genai.Client(api_key=${lit(key)}, http_options={"base_url": ${lit(base)}})
answer = client.models.generate_content(model=${lit(model)}, contents=${lit(samplePrompt)})
print(answer.text)`,
    node: (base, key, model) => `import { GoogleGenAI } from "@google/genai";

const client = new GoogleGenAI({ apiKey: ${lit(key)}, httpOptions: { baseUrl: ${lit(base)} } });
const answer = await client.models.generateContent({ model: ${lit(model)}, contents: ${lit(samplePrompt)} });
console.log(answer.text);`,
  },
};
