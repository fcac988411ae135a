import react from '@vitejs/plugin-react';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

/** GraphiQL's stylesheet carries 34 fonts as data URLs: 260 kB that the policy `font-src 'self'` refuses anyway. */
function withoutEmbeddedFonts(): Plugin {
  return {
    name: 'without-embedded-fonts',
    enforce: 'pre',
    transform(code, id) {
      if (!/graphiql[^?]*style\.css/.test(id)) return null;
      return { code: code.replace(/@font-face\s*\{[^}]*\}/g, ''), map: null };
    },
  };
}

/** Asks the bundler what a module imports at once. */
interface Graph {
  getModuleInfo(id: string): { importedIds: readonly string[] } | null;
}

/** What comes with an entry at once, without what it loads later. */
function closure(graph: Graph, entry: string, found = new Set<string>()): ReadonlySet<string> {
  if (found.has(entry)) return found;
  found.add(entry);
  for (const id of graph.getModuleInfo(entry)?.importedIds ?? []) closure(graph, id, found);
  return found;
}

/** What only routes with fields for numbers need. Mantine's index leads to all of its parts, so that no closure tells. */
const notAtFirst = /\/react-number-format\/|\/NumberInput\//;

/** What routes share is small and many, and most of it is on every page; the chart and what draws it are not. */
const onMostPages = /\/src\/(components\/(?!Chart|chart)|lib\/|app\/[^/]+$)/;

/**
 * The first load in three files, told apart by whether the playground shares them. Left to itself the bundler makes one for each
 * set of routes that share a module, sixty of them, and a browser fetches six at a time.
 */
function firstLoad() {
  const [console, playground] = ['/src/main.tsx', '/src/playground.tsx'].map((path) => import.meta.dirname + path) as [
    string,
    string,
  ];
  let closures: { console: ReadonlySet<string>; playground: ReadonlySet<string> } | undefined;
  const named = (name: 'shared' | 'frame') => (id: string, graph: Graph) => {
    closures ??= { console: closure(graph, console), playground: closure(graph, playground) };
    if (id === console || notAtFirst.test(id)) return null;
    if (!closures.console.has(id)) return name === 'frame' && onMostPages.test(id) ? name : null;
    return closures.playground.has(id) === (name === 'shared') ? name : null;
  };
  // What is shared first: a group takes what its modules need along.
  return [
    { name: named('shared'), priority: 2 },
    { name: named('frame'), priority: 1 },
  ];
}

const gateway = process.env.ROUNDHOUSE_URL ?? 'http://127.0.0.1:3001';

export default defineConfig({
  plugins: [withoutEmbeddedFonts(), react()],
  // The server replaces the placeholder in every answer; see embed.go.
  html: { cspNonce: '__CSP_NONCE__' },
  build: {
    manifest: true,
    sourcemap: false,
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 2000,
    rolldownOptions: {
      input: { index: 'index.html', playground: 'playground.html' },
      output: { codeSplitting: { groups: firstLoad() } },
    },
  },
  server: {
    proxy: {
      '/graphql': { target: gateway, ws: true },
      '/session': gateway,
      '/proxy/': gateway,
      '/export/': gateway,
      '/import/': gateway,
      '/try/': gateway,
      '/health': gateway,
    },
  },
  test: {
    environment: 'jsdom',
    setupFiles: ['src/lib/testing/setup.ts'],
    include: ['src/**/*.test.{ts,tsx}'],
    css: false,
    restoreMocks: true,
    testTimeout: 20_000,
  },
});
