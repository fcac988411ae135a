import { chat, makeAggregate, makeGroup, makeProxyKey } from './house';
import { expect, test } from './test';

test('make a group, import keys, copy its endpoint, delete it', async ({ page, visit, upstream, house, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await visit('/groups');
  await page.getByRole('link', { name: 'Make the first group' }).click();
  await page.getByRole('radio', { name: /^Anthropic/ }).check();
  await expect(page.getByLabel('Name')).toHaveValue('anthropic');
  await page.getByLabel('Upstream URL').fill(upstream.url);
  await page.getByRole('button', { name: 'Create group' }).click();
  await page.getByRole('button', { name: 'To the group' }).click();

  await expect(page.getByRole('heading', { name: 'anthropic', level: 1 })).toBeVisible();
  await page.getByRole('link', { name: 'Keys', exact: true }).click();
  await page.getByRole('button', { name: 'Import keys' }).first().click();
  await page.getByLabel('Keys to import').fill('good-a good-b, good-a');
  await expect(page.getByText('2 keys to add')).toBeVisible();
  await expect(page.getByText('1 repeated')).toBeVisible();
  await page.getByRole('button', { name: 'Import', exact: true }).click();
  await expect(page.getByText('2 keys added')).toBeVisible();
  await expect(page.getByRole('img', { name: 'Keys: 2 living' })).toBeVisible();
  await page.getByRole('link', { name: 'Overview' }).click();
  await expect(page.getByLabel(/^Snippet/)).toContainText(`${house.url}/proxy/anthropic/v1/messages`);

  await page.getByRole('link', { name: 'Groups' }).first().click();
  await page.getByRole('button', { name: 'Copy the endpoint of anthropic' }).click();
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe(`${house.url}/proxy/anthropic`);

  await page.getByRole('link', { name: 'anthropic' }).click();
  await page.getByRole('button', { name: 'More for this group' }).click();
  await page.getByRole('menuitem', { name: 'Delete group' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByText(/its 2 keys are deleted/)).toBeVisible();
  await dialog.getByRole('textbox').fill('anthropic');
  await dialog.getByRole('button', { name: 'Delete anthropic' }).click();
  await expect(page.getByText('No groups yet')).toBeVisible();
});

test('what the server refuses stands beside its field', async ({ page, visit, house, upstream }) => {
  await makeGroup(house, upstream, 'taken', []);
  await visit('/new-group');
  await page.getByLabel('Name').fill('no/slash');
  await page.getByLabel('Upstream URL').fill('ftp://upstream.test');
  await page.getByRole('button', { name: 'Create group' }).click();
  await expect(page.getByLabel('Name')).toHaveAttribute('aria-invalid', 'true');
  await expect(page.getByLabel('Upstream URL')).toHaveAttribute('aria-invalid', 'true');
  await page.getByLabel('Name').fill('taken');
  await page.getByLabel('Upstream URL').fill(upstream.url);
  await page.getByRole('button', { name: 'Create group' }).click();
  await expect(page.getByLabel('Name')).toHaveAttribute('aria-invalid', 'true');
});

test('upstreams: add one, weigh it, test it, switch one off; what is saved is in force', async ({
  page,
  visit,
  house,
  upstream,
}) => {
  await makeGroup(house, upstream, 'shop', ['good-one']);
  await visit('/groups/shop/upstreams');
  await page.getByRole('button', { name: 'Add an upstream' }).click();
  await page.getByLabel('URL').nth(1).fill('ftp://nowhere.test');
  await page.getByLabel('Weight').nth(1).fill('3');
  await expect(page.getByText('75%')).toBeVisible();
  await page.getByRole('button', { name: 'Save 1 change' }).click();
  await expect(page.getByLabel('URL').nth(1)).toHaveAttribute('aria-invalid', 'true');
  await page.getByLabel('URL').nth(1).fill(`${upstream.url}/second/v1`);
  await page.getByRole('button', { name: 'Save 1 change' }).click();
  await expect(page.getByRole('region', { name: 'Save changes' })).toBeHidden();

  await page.getByRole('button', { name: `Test ${upstream.url}/v1` }).click();
  await expect(page.getByText(/^200 in/)).toBeVisible();

  // Leaving with a change asks first; staying keeps it.
  await page.getByRole('switch', { name: `${upstream.url}/second/v1 takes traffic` }).uncheck({ force: true });
  await page.getByRole('link', { name: 'Overview' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Stay' }).click();
  await page.getByRole('button', { name: 'Save 1 change' }).click();
  await expect(page.getByRole('region', { name: 'Save changes' })).toBeHidden();
  await page.reload();
  await expect(page.getByText('100%')).toBeVisible();
  const { group } = await house.ask<{ group: { upstreams: unknown } }>(
    'query { group(name: "shop") { upstreams { url weight enabled } } }',
  );
  expect(group.upstreams).toEqual([
    { url: `${upstream.url}/v1`, weight: 1, enabled: true },
    { url: `${upstream.url}/second/v1`, weight: 3, enabled: false },
  ]);
});

test('two editors of one tab: the second sees both and chooses', async ({ page, visit, house, upstream }) => {
  const { id } = await makeGroup(house, upstream, 'shared', []);
  await visit('/groups/shared/settings');
  await page.getByLabel('Display name').fill('Mine');
  await house.ask('mutation M($id: ID!) { updateGroup(id: $id, input: { displayName: "Theirs" }) { id } }', { id });
  await page.getByRole('button', { name: 'Save 1 change' }).click();
  await expect(page.getByText('now Theirs by someone else')).toBeVisible();
  await page.getByRole('button', { name: 'Save mine' }).click();
  await expect(page.getByRole('heading', { name: 'Mine', level: 1 })).toBeVisible();

  // An override beside what it would inherit; a new name is a new address.
  await page.getByLabel('Override a setting').selectOption({ label: 'Failover: Retries' });
  await expect(page.getByText('Inherited: 3')).toBeVisible();
  await page.getByLabel('Retries', { exact: true }).fill('7');
  await page.getByLabel('Name', { exact: true }).fill('renamed');
  await page.getByRole('button', { name: 'Save 2 changes' }).click();
  await expect(page).toHaveURL(/\/groups\/renamed\/settings$/);
  await page.getByRole('link', { name: 'Overview' }).click();
  await expect(page.getByRole('row', { name: /Retries 7 this group/ })).toBeVisible();
  await page.getByRole('link', { name: 'History' }).click();
  await expect(page.getByRole('listitem').filter({ hasText: 'Changed' })).toHaveCount(3);
});

test('shaping: a redirect, an override as JSON and a secret header reach the upstream', async ({
  page,
  visit,
  house,
  upstream,
}) => {
  await makeGroup(house, upstream, 'shaped', ['good-one']);
  const proxyKey = await makeProxyKey(house);
  await visit('/groups/shaped/shaping');
  await page.getByRole('button', { name: 'Add a redirect' }).click();
  await page.getByLabel('Asked for').fill('quick');
  await page.getByLabel('Sent as').fill('gpt-4.1-nano');
  await page.getByText('JSON', { exact: true }).click();
  const json = page.getByRole('textbox', { name: 'Parameter overrides' });
  await json.fill('{"temperature": }');
  await expect(page.getByText(/^Not JSON/)).toBeVisible();
  await json.fill('{"temperature": 0.70}');
  await page.getByText('Rows', { exact: true }).click();
  await expect(page.getByLabel('Parameter', { exact: true })).toHaveValue('temperature');
  await page.getByRole('button', { name: 'Add a header rule' }).click();
  await page.getByLabel('Header', { exact: true }).fill('X-Secret');
  await page.getByLabel('Value').last().fill('hush');
  await page.getByRole('button', { name: 'Save 3 changes' }).click();
  await expect(page.getByRole('region', { name: 'Save changes' })).toBeHidden();
  await page.reload();
  await expect(page.getByPlaceholder('Kept, not shown')).toBeVisible();
  await expect(page.getByText('hush')).toHaveCount(0);
  expect(await chat(house, 'shaped', proxyKey, 'quick')).toBe(200);
  await page.getByLabel('Only redirected models').check({ force: true });
  await page.getByRole('button', { name: 'Save 1 change' }).click();
  await expect(page.getByRole('region', { name: 'Save changes' })).toBeHidden();
  await expect.poll(() => chat(house, 'shaped', proxyKey, 'gpt-4.1-nano')).toBeGreaterThanOrEqual(400);
});

test('an aggregate: made of two groups, weighed by its sliders, answers', async ({ page, visit, house, upstream }) => {
  await makeGroup(house, upstream, 'one', ['good-one']);
  await makeGroup(house, upstream, 'two', ['good-two']);
  await visit('/groups');
  await page.getByRole('link', { name: 'New aggregate' }).click();
  await page.getByLabel('Name').fill('both');
  await page.getByLabel('Add a member').selectOption('one');
  await page.getByLabel('Add a member').selectOption('two');
  await expect(page.getByText('50%')).toHaveCount(2);
  await page.getByRole('button', { name: 'Create aggregate' }).click();
  await expect(page.getByRole('heading', { name: 'both', level: 1 })).toBeVisible();

  await page.getByRole('link', { name: 'Members', exact: true }).click();
  await page.getByRole('slider', { name: 'Weight of one' }).fill('3');
  await expect(page.getByText('75%')).toBeVisible();
  await page.getByLabel('Priority').nth(1).fill('1');
  await expect(page.getByText('Then')).toBeVisible();
  await page.getByRole('button', { name: 'Save 2 changes' }).click();
  await expect(page.getByRole('region', { name: 'Save changes' })).toBeHidden();
  const proxyKey = await makeProxyKey(house);
  await expect.poll(() => chat(house, 'both', proxyKey)).toBe(200);
  await page.goto('/groups/one');
  await expect(page.getByRole('link', { name: 'both' })).toBeVisible();
});

test('copy a group with its living keys, and switch it off', async ({ page, visit, house, upstream }) => {
  await makeGroup(house, upstream, 'first', ['good-one', 'good-two']);
  await visit('/groups/first');
  await page.getByRole('button', { name: 'More for this group' }).click();
  await page.getByRole('menuitem', { name: 'Copy group' }).click();
  await expect(page.getByLabel('Name of the copy')).toHaveValue('first-copy');
  await page.getByRole('dialog').getByLabel('Keys').selectOption('living ones (2)');
  await page.getByRole('button', { name: 'Copy', exact: true }).last().click();
  await expect(page.getByRole('heading', { name: 'first-copy', level: 1 })).toBeVisible();
  await expect(page.getByText('2 keys')).toBeVisible();
  const onOff = page.getByRole('switch', { name: 'first-copy answers requests' });
  await onOff.click({ force: true });
  await expect(onOff).not.toBeChecked();
  const proxyKey = await makeProxyKey(house);
  await expect.poll(() => chat(house, 'first-copy', proxyKey)).toBe(403);
});

test('the order of groups changes by dragging, by keys and by the menu, and stays', async ({ page, visit, house, upstream }) => {
  for (const name of ['a', 'b', 'c']) await makeGroup(house, upstream, name, []);
  await visit('/groups');
  const names = () => page.getByRole('rowheader').getByRole('link').allTextContents();
  await expect.poll(names).toEqual(['a', 'b', 'c']);
  await page
    .getByRole('button', { name: /^Move c:/ })
    .dragTo(page.getByRole('row').filter({ has: page.getByRole('link', { name: 'a', exact: true }) }), {
      targetPosition: { x: 40, y: 8 },
    });
  await expect.poll(names).toEqual(['c', 'a', 'b']);
  await page.getByRole('button', { name: /^Move c:/ }).focus();
  await page.keyboard.press('ArrowDown');
  await expect.poll(names).toEqual(['a', 'c', 'b']);
  await page.getByRole('button', { name: /^Move b:/ }).click();
  await page.getByRole('menuitem', { name: 'To the top' }).click();
  await expect.poll(names).toEqual(['b', 'a', 'c']);
  await expect
    .poll(async () => (await house.ask<{ groups: { name: string }[] }>('{ groups { name } }')).groups.map((g) => g.name))
    .toEqual(['b', 'a', 'c']);
  await page.reload();
  await expect.poll(names).toEqual(['b', 'a', 'c']);
});

test('markup in any field of a group stays text', async ({ page, visit, house, upstream }) => {
  const evil = '<img src=x onerror="console.error(1)"><script>console.error(2)</script>{{x}}';
  const { id } = await makeGroup(house, upstream, 'evil', []);
  await makeAggregate(house, 'over', ['evil']);
  await house.ask('mutation M($id: ID!, $input: UpdateGroupInput!) { updateGroup(id: $id, input: $input) { id } }', {
    id,
    input: {
      displayName: evil,
      description: evil,
      testModel: evil,
      modelRedirects: [{ from: evil, to: evil }],
      paramOverrides: { [evil.slice(0, 40).replaceAll('.', '')]: evil },
      headerRules: [{ action: 'SET', name: 'X-Evil', value: 'plain' }],
    },
  });
  for (const address of [
    '/groups',
    '/groups/evil',
    '/groups/evil/shaping',
    '/groups/evil/settings',
    '/groups/evil/history',
    '/groups/over',
    '/groups/over/members',
  ]) {
    await (address === '/groups' ? visit(address) : page.goto(address));
    await expect(page.getByRole('status', { name: 'Loading' })).toHaveCount(0);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    expect(await page.locator('img[src=x], main script').count()).toBe(0);
  }
});
