import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fill, type House, startHouse, until } from '../e2e/house';

export const keys = 500_000;
export const requests = 1_000_000;

/** Below the week after which requests are forgotten. */
const days = 6;

/** Where it is kept: filling takes minutes, and SCALE_DATA lets the next run find it filled. */
const folder = process.env.SCALE_DATA ?? join(tmpdir(), `roundhouse-scale-${process.pid}`);

/** A house with half a million keys in the group `big` and a million requests in its log. */
export async function openWarehouse(): Promise<House> {
  const done = join(folder, 'filled');
  const there = existsSync(done);
  mkdirSync(folder, { recursive: true });
  const house = await startHouse({ DATA_DIR: folder });
  if (there) return house;
  const { createGroup } = await house.ask<{ createGroup: { id: string } }>(
    'mutation { createGroup(input: { name: "big", dialect: OPENAI, upstreams: [{ url: "http://127.0.0.1:9/v1" }] }) { id } }',
  );
  await house.ask('mutation { createProxyKey(notes: "scale") { value } }');
  const text = Array.from({ length: keys }, (_, i) => `scale-key-${String(i).padStart(8, '0')}`).join('\n');
  const taken = await fetch(`${house.url}/import/keys?groupId=${createGroup.id}`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${house.authKey}`, 'Content-Type': 'text/plain' },
    body: text,
  });
  if (!taken.ok) throw new Error(`the import answered ${taken.status}: ${await taken.text()}`);
  await until(async () => {
    const { group } = await house.ask<{ group: { keyCounts: { total: number } } }>(
      '{ group(name: "big") { keyCounts { total } } }',
    );
    return Number(group.keyCounts.total) === keys;
  }, 600_000);
  await house.restart(() => fill(house, requests, days));
  writeFileSync(done, '');
  return house;
}
