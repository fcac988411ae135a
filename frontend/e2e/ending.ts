import type { Reporter, TestCase, TestResult } from '@playwright/test/reporter';

/** The most lines that one failure may have. */
const most = 8;

/** Says at the very end, in a few lines each, what failed: of a long run often nothing else is kept. */
export default class Ending implements Reporter {
  private readonly failures: string[] = [];

  onTestEnd({ location, title, expectedStatus }: TestCase, { status, errors }: TestResult): void {
    if (status === expectedStatus || status === 'skipped') return;
    this.failures.push(`${location.file.replace(/.*\//, '')}:${location.line} ${title}`);
    for (const { message = '' } of errors) {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: colours begin with one
      const lines = message.replace(/\x1b\[\d+m/g, '').split('\n');
      const said = lines.filter((line) => line.trim() !== '' && !/^ +at /.test(line));
      this.failures.push(...said.slice(0, most).map((line) => `    ${line}`));
    }
  }

  onEnd(): void {
    if (this.failures.length > 0) process.stdout.write(`\n${this.failures.join('\n')}\n`);
  }
}
