import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { locales } from '../lib/i18n';
import en from './en';
import ja from './ja';
import zhCN from './zh-CN';

type Tree = { [key: string]: string | Tree };

function leaves(tree: Tree, at = ''): Record<string, string> {
  return Object.fromEntries(
    Object.entries(tree).flatMap(([key, value]) =>
      typeof value === 'string' ? [[at + key, value]] : Object.entries(leaves(value, `${at}${key}.`)),
    ),
  );
}

const trees: Record<string, Tree> = { en, 'zh-CN': zhCN, ja };
const texts = Object.fromEntries(locales.map(({ code }) => [code, leaves(trees[code] ?? {})]));

const plural = /_(zero|one|two|few|many|other)$/;
const base = (key: string) => key.replace(plural, '');

/** Placeholders and tags of a text, in any order. */
const marks = (text = '') => [...new Set(text.match(/\{\{\w+\}\}|<\/?\w+>/g))].sort().join(' ');

describe.each(locales.filter(({ code }) => code !== 'en').map(({ code }) => code))('%s', (code) => {
  const own = texts[code] ?? {};
  const english = texts.en ?? {};

  test('has the same keys as English, plurals counted once', () => {
    const bases = (all: Record<string, string>) => [...new Set(Object.keys(all).map(base))].sort();
    expect(bases(own)).toEqual(bases(english));
  });

  test('has the same placeholders and tags', () => {
    for (const [key, text] of Object.entries(own)) {
      const like = english[key] ?? english[`${base(key)}_other`];
      expect(`${key}: ${marks(text)}`).toBe(`${key}: ${marks(like)}`);
    }
  });
});

test.each(locales.map(({ code }) => code))('%s has exactly the plural categories of its language', (code) => {
  const wanted = new Intl.PluralRules(code).resolvedOptions().pluralCategories.slice().sort();
  const found: Record<string, string[]> = {};
  for (const key of Object.keys(texts[code] ?? {})) {
    const category = plural.exec(key)?.[1];
    if (!category) continue;
    found[base(key)] = [...(found[base(key)] ?? []), category];
  }
  expect(Object.keys(found).length).toBeGreaterThan(10);
  for (const [key, categories] of Object.entries(found)) expect(`${key} ${categories.sort()}`).toBe(`${key} ${wanted}`);
});

test.each(locales.map(({ code }) => code))('no file of %s says what another says, and none is left out', (code) => {
  const folder = resolve(import.meta.dirname, code);
  const roots = readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .flatMap((file) => Object.keys(JSON.parse(readFileSync(resolve(folder, file), 'utf8'))));
  expect(roots.sort()).toEqual(Object.keys(trees[code] ?? {}).sort());
});
