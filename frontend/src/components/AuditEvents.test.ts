import { expect, test } from 'vitest';
import { differencesOf } from './AuditEvents';
import { actorWords, targetWords } from './auditWords';

test('only what is not the same on both sides is a difference', () => {
  const before = { name: 'a', weight: 1, tags: ['x'], gone: true };
  const after = { name: 'a', weight: 2, tags: ['x'], fresh: { deep: 1 } };
  expect(differencesOf(before, after)).toEqual([
    { field: 'weight', from: '1', to: '2' },
    { field: 'gone', from: 'true', to: undefined },
    { field: 'fresh', from: undefined, to: '{"deep":1}' },
  ]);
  expect(differencesOf(null, { name: 'b' })).toEqual([{ field: 'name', from: undefined, to: 'b' }]);
  expect(differencesOf(null, undefined)).toEqual([]);
});

test.each([
  ['group eu-west', { kind: 'group', name: 'eu-west' }],
  ['groups', { kind: 'groups', name: '' }],
  ['proxy key for every group', { kind: 'proxyKeyOfAll' }],
  ['proxy key for group proxy', { kind: 'proxyKeyOfGroup', name: 'proxy' }],
  ['proxy key rh-a****zz', { kind: 'proxyKey', name: 'rh-a****zz' }],
  ['key sk-a****zz', { kind: 'key', name: 'sk-a****zz' }],
  ['configuration with secrets', { kind: 'configurationWithSecrets' }],
])('%s is taken apart', (text, words) => expect(targetWords(text)).toMatchObject(words));

test('who acted is taken apart, and what nobody here knows stays as it is', () => {
  expect(actorWords('session 7 from 192.0.2.1')).toEqual({ kind: 'session', name: '7', from: '192.0.2.1' });
  expect(actorWords('admin key from 192.0.2.1')).toMatchObject({ kind: 'adminKey', name: '192.0.2.1' });
  expect(actorWords('roundhouse apply')).toBeUndefined();
  expect(targetWords('a thing of tomorrow')).toBeUndefined();
});
