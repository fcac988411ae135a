// Holds what a visitor downloads: reads Vite's manifest, compresses each file as the server does, and compares.
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const dist = new URL('../dist/', import.meta.url);
/** @type {Record<string, { file: string, css?: string[], imports?: string[], dynamicImports?: string[], isDynamicEntry?: boolean }>} */
const manifest = JSON.parse(readFileSync(new URL('.vite/manifest.json', dist), 'utf8'));

const kB = 1000;
const limits = { firstJs: 300 * kB, firstCss: 25 * kB, routeJs: 60 * kB, playground: 460 * kB };

/** @param {string} file */
const size = (file) => gzipSync(readFileSync(new URL(file, dist))).length;
/** @param {Iterable<string>} files */
const sum = (files) => [...files].reduce((total, file) => total + size(file), 0);

/**
 * Every file that comes with an entry at once, without what it loads later.
 * @param {string} name
 * @param {Set<string>} js
 * @param {Set<string>} css
 * @param {Set<string>} later what it loads later, by name
 */
function closure(name, js = new Set(), css = new Set(), later = new Set()) {
  const chunk = manifest[name];
  if (!chunk || js.has(chunk.file)) return { js, css, later };
  js.add(chunk.file);
  for (const next of chunk.dynamicImports ?? []) later.add(next);
  for (const file of chunk.css ?? []) css.add(file);
  for (const next of chunk.imports ?? []) closure(next, js, css, later);
  return { js, css, later };
}

/** @type {{ what: string, bytes: number, limit: number }[]} */
const found = [];
const first = closure('index.html');
found.push({ what: 'first load, JavaScript', bytes: sum(first.js), limit: limits.firstJs });
found.push({ what: 'first load, CSS', bytes: sum(first.css), limit: limits.firstCss });
for (const name of first.later) {
  if (!name.includes('/routes/')) continue;
  const own = [...closure(name).js].filter((file) => !first.js.has(file));
  found.push({ what: `route ${name.replace(/^.*\/|Route\.tsx$/g, '')}`, bytes: sum(own), limit: limits.routeJs });
}
const playground = closure('playground.html');
found.push({ what: 'playground, all', bytes: sum(playground.js) + sum(playground.css), limit: limits.playground });

let over = 0;
for (const { what, bytes, limit } of found) {
  if (bytes > limit) over += 1;
  process.stdout.write(
    `${bytes > limit ? 'OVER ' : '     '}${(bytes / kB).toFixed(1).padStart(6)} of ${limit / kB} kB  ${what}\n`,
  );
}
if (found.length < 8) throw new Error('the manifest lacks entries or routes');
process.exit(over === 0 ? 0 : 1);
