import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { expect, test } from 'vitest';

const src = resolve(import.meta.dirname, '..');
// From the roof to the ground; whoever stands here may import only what stands below, and itself.
const floors = ['app', 'features', 'components', 'lib', 'generated'];

function sources(): string[] {
  return readdirSync(src, { recursive: true, encoding: 'utf8' }).filter(
    (f) => /\.tsx?$/.test(f) && !/\.test\.|^generated\/|mounting/.test(f) && f.includes('/'),
  );
}

function imports(file: string): string[] {
  const text = readFileSync(join(src, file), 'utf8');
  return [...text.matchAll(/(?:from|import)\s*\(?'(\.[^']+)'/g)].map((m) =>
    relative(src, resolve(src, dirname(file), m[1] ?? '')),
  );
}

test('imports lead down: app, features, components, lib, generated; and no feature knows another', () => {
  const wrong: string[] = [];
  for (const file of sources()) {
    const [floor = '', room = ''] = file.split('/');
    for (const target of imports(file)) {
      const [to = '', toRoom = ''] = target.split('/');
      if (to === 'locales') continue;
      const up = floors.indexOf(to) < floors.indexOf(floor);
      const across = floor === 'features' && to === 'features' && room !== toRoom;
      if (up || across) wrong.push(`${file} imports ${target}`);
    }
  }
  expect(sources().length).toBeGreaterThan(40);
  expect(wrong).toEqual([]);
});
