import type { Page } from '@playwright/test';

/**
 * What Chromium says when an address of the machine itself comes or goes, as containers and leases make them: it then drops what
 * is about to connect, to localhost too. No page can bring that about or help it.
 */
const ofTheMachine = /net::ERR_NETWORK_CHANGED/;

/** Gathers what a page complains of, each with its kind, when it came, where the page was and what it was about. */
export function watch(page: Page, home: string): string[] {
  const troubles: string[] = [];
  const began = performance.now();
  function note(kind: string, text: string, about = '') {
    if (ofTheMachine.test(text)) return;
    const after = ((performance.now() - began) / 1000).toFixed(2);
    troubles.push(`${kind}: ${text} [${[about, `at ${page.url()}`, `after ${after} s`].filter(Boolean).join(', ')}]`);
  }
  page.on('console', (message) => {
    const { url, line } = message.location();
    if (/^(error|warning)$/.test(message.type())) note(message.type(), message.text(), url && `${url}:${line}`);
  });
  page.on('pageerror', ({ message, stack }) => {
    const [where = ''] = /^ +at .*/m.exec(stack ?? '') ?? [];
    note('uncaught', message, where.trim());
  });
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(home) && !/^(data|blob):/.test(url)) note('left the host', url);
  });
  return troubles;
}
