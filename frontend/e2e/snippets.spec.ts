import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { Page } from '@playwright/test';
import { type Dialect, makeGroup, makeProxyKey } from './house';
import { expect, test } from './test';

// The suite of the providers' own SDKs pins them; their packages are used where they lie.
const sdks = resolve(import.meta.dirname, '../../internal/sdktest/node');

const dialects: Record<Dialect, { curl: RegExp; languages: string[]; pip: string }> = {
  OPENAI: { curl: /"choices"/, languages: ['Codex'], pip: 'openai' },
  OPENAI_RESPONSES: { curl: /"output"/, languages: ['Codex'], pip: 'openai' },
  ANTHROPIC: { curl: /"content"/, languages: ['Claude Code'], pip: 'anthropic' },
  GEMINI: { curl: /"candidates"/, languages: [], pip: 'google.genai' },
};

/** What stands in for a tool: it takes its address and key from where the tool does, and asks once. */
const claude = `#!/bin/sh
exec curl -sS --fail-with-body "$ANTHROPIC_BASE_URL/v1/messages" -H "Authorization: Bearer $ANTHROPIC_AUTH_TOKEN" \\
  -H 'anthropic-version: 2023-06-01' -H 'Content-Type: application/json' \\
  -d "{\\"model\\": \\"$ANTHROPIC_MODEL\\", \\"max_tokens\\": 8, \\"messages\\": [{\\"role\\": \\"user\\", \\"content\\": \\"hello\\"}]}"
`;
const codex = `
import json, os, sys, tomllib, urllib.request
config = tomllib.load(open(sys.argv[1], "rb"))
provider = config["model_providers"][config["model_provider"]]
assert provider["wire_api"] == "responses"
request = urllib.request.Request(provider["base_url"] + "/responses",
    json.dumps({"model": config["model"], "input": "hello"}).encode(),
    {"Authorization": "Bearer " + os.environ[provider["env_key"]], "Content-Type": "application/json"})
print(urllib.request.urlopen(request).read().decode())
`;

test.beforeEach(async ({ context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
});

for (const [dialect, { curl, languages, pip }] of Object.entries(dialects) as [Dialect, (typeof dialects)[Dialect]][]) {
  test(`every snippet of ${dialect} runs as it is copied, once it holds a key`, async ({
    page,
    visit,
    house,
    upstream,
  }, info) => {
    const folder = mkdtempSync(join(tmpdir(), 'roundhouse-snippets-'));
    try {
      const name = dialect.toLowerCase();
      await makeGroup(house, upstream, name, ['good-one'], dialect);
      const proxyKey = await makeProxyKey(house);
      await visit(`/groups/${name}`);
      await page.getByLabel('Proxy key for the snippet').fill(proxyKey);

      expect(await run('sh', ['-c', await copied(page, 'curl')])).toMatch(curl);

      symlinkSync(join(installed(), 'node_modules'), join(folder, 'node_modules'));
      const module = write(folder, 'snippet.mjs', await copied(page, 'Node'));
      expect((await run('node', [module])).trim()).not.toBe('');

      const script = write(folder, 'snippet.py', await copied(page, 'Python'));
      if (!has('python3', ['--version'])) leaveOut(info, 'the Python snippet: there is no python3');
      else {
        await run('python3', ['-m', 'py_compile', script]);
        if (has('python3', ['-c', `import ${pip}`])) expect((await run('python3', [script])).trim()).not.toBe('');
        else leaveOut(info, `the run of the Python snippet, which only compiles: there is no ${pip}`);
      }

      if (languages.includes('Claude Code')) {
        mkdirSync(join(folder, 'bin'));
        chmodSync(write(folder, 'bin/claude', claude), 0o755);
        const path = `${join(folder, 'bin')}:${process.env.PATH}`;
        expect(await run('sh', ['-c', await copied(page, 'Claude Code')], { PATH: path })).toMatch(curl);
      }
      if (languages.includes('Codex') && has('python3', ['-c', 'import tomllib'])) {
        const text = await copied(page, 'Codex');
        const config = write(folder, 'config.toml', text);
        const exported = /^# In the shell: (export .*)$/m.exec(text)?.[1] ?? '';
        const reader = write(folder, 'codex.py', codex);
        const group = dialect === 'OPENAI' ? /"(choices|output)"/ : curl;
        expect(await run('sh', ['-c', `${exported}\npython3 '${reader}' '${config}'`])).toMatch(group);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
}

/** The snippet of a language, exactly as the page copies it. */
async function copied(page: Page, language: string): Promise<string> {
  await page.getByRole('radiogroup', { name: 'Language' }).getByText(language, { exact: true }).click();
  await page.getByRole('button', { name: 'Copy', exact: true }).click();
  await expect(page.getByRole('button', { name: 'Copied' })).toBeVisible();
  const text = await page.evaluate(() => navigator.clipboard.readText());
  // The next Copy is another.
  await expect(page.getByRole('button', { name: 'Copied' })).toBeHidden();
  return text;
}

function write(folder: string, name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

/** What a program prints; one that fails fails the test with what it said. */
async function run(program: string, args: string[], more: Record<string, string> = {}): Promise<string> {
  const { stdout } = await promisify(execFile)(program, args, { env: { ...process.env, ...more }, timeout: 30_000 });
  return stdout;
}

function has(program: string, args: string[]): boolean {
  return spawnSync(program, args, { stdio: 'ignore' }).status === 0;
}

/** Installs what the lock file of the SDKs pins, unless it is there already. */
function installed(): string {
  if (!existsSync(join(sdks, 'node_modules')))
    execFileSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: sdks, stdio: 'ignore' });
  return sdks;
}

function leaveOut(info: { annotations: { type: string; description?: string }[] }, what: string): void {
  info.annotations.push({ type: 'left out', description: what });
  process.stdout.write(`left out: ${what}\n`);
}
