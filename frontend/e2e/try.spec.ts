import type { Dialect } from './house';
import { makeGroup, script } from './house';
import { expect, test } from './test';

for (const dialect of ['OPENAI', 'OPENAI_RESPONSES', 'ANTHROPIC', 'GEMINI'] satisfies Dialect[]) {
  test(`a prompt is answered in ${dialect}, streamed and in one piece, and the page says who answered`, async ({
    page,
    visit,
    house,
    upstream,
  }) => {
    await makeGroup(house, upstream, 'tried', ['good-one'], dialect);
    await visit('/groups/tried/try');
    await expect(page.getByLabel('Model')).not.toHaveValue('');
    await page.getByRole('textbox', { name: 'Prompt' }).fill('the semaphore is up');
    const answer = page.getByRole('log', { name: 'Answer' });
    for (const streamed of [true, false]) {
      await page.getByRole('switch', { name: 'Stream' }).setChecked(streamed);
      await page.getByRole('button', { name: 'Send' }).click();
      await expect(answer).toContainText('the semaphore is up');
      await expect(page.getByRole('heading', { name: 'Attempts' })).toBeVisible();
      await expect(page.getByRole('link', { name: /\*\*\*\*/ })).toBeVisible();
      await expect(page.getByText(/^\d+ → \d+$/)).toBeVisible();
    }
    await page.getByRole('link', { name: 'Open its time line' }).click();
    await expect(page.getByRole('dialog').getByText('Answered in full.')).toBeVisible();
  });
}

test('a pinned key is asked alone, what the provider says against it is shown, and a request is written by hand', async ({
  page,
  visit,
  house,
  upstream,
  foresee,
}) => {
  // Browsers log every 401, whatever a page does about it.
  foresee(/status of 401 .*\/try\/tried\//);
  await makeGroup(house, upstream, 'tried', ['good-one', 'bad-<b>key</b>']);
  await visit('/groups/tried/try');
  await page.getByLabel('Key', { exact: true }).fill('bad-<b>key</b>');
  await page.getByRole('button', { name: /^bad-|^ba/ }).click();
  await page.getByRole('button', { name: 'Send' }).click();
  await expect(page.getByRole('alert')).toContainText('Incorrect API key');
  // Exactly, since a port may have it within.
  await expect(page.getByText('401', { exact: true }).first()).toBeVisible();
  await page.getByRole('button', { name: 'Let the group choose' }).click();

  await page.getByText('Request', { exact: true }).click();
  await page.getByLabel('Body').fill('{ "model": ');
  await expect(page.getByRole('button', { name: 'Send' })).toBeDisabled();
  await page
    .getByLabel('Body')
    .fill('{"model": "gpt-4.1-nano", "messages": [{"role": "user", "content": "<b id=\\"struck\\">by hand</b>"}]}');
  await page.keyboard.press('Control+Enter');
  await expect(page.getByRole('log', { name: 'Answer' })).toContainText('by hand</b>');
  expect(await page.locator('#struck').count()).toBe(0);
});

test('a pinned upstream answers, also one that takes no traffic, until the group may choose again', async ({
  page,
  visit,
  house,
  upstream,
}) => {
  const { id } = await makeGroup(house, upstream, 'tried', ['good-one']);
  // One machine by two names.
  const chosen = `${upstream.url}/v1`;
  const pinned = chosen.replace('127.0.0.1', 'localhost');
  await house.ask('mutation M($id: ID!, $input: UpdateGroupInput!) { updateGroup(id: $id, input: $input) { id } }', {
    id,
    input: { upstreams: [{ url: chosen }, { url: pinned, weight: 0 }] },
  });
  await visit('/groups/tried/try');
  const attempt = page.getByRole('listitem').filter({ has: page.getByRole('link', { name: /\*\*\*\*/ }) });
  for (const [choice, answers] of [
    [pinned, pinned],
    ['The group chooses', chosen],
  ] as const) {
    await page.getByLabel('Upstream', { exact: true }).selectOption({ label: choice });
    await page.getByRole('button', { name: 'Send' }).click();
    await expect(attempt).toHaveCount(1);
    await expect(attempt.getByText('200', { exact: true })).toBeVisible();
    await expect(attempt.getByText(answers, { exact: true })).toBeVisible();
    await expect(page.getByRole('log', { name: 'Answer' })).not.toHaveText(/Waiting/);
  }
  await page.getByLabel('Upstream', { exact: true }).selectOption({ label: pinned });
  await page.reload();
  await expect(page.getByLabel('Upstream', { exact: true })).toHaveValue(pinned);
});

test('an answer that takes long is cancelled, and the record says who left', async ({ page, visit, house, upstream }) => {
  await makeGroup(house, upstream, 'tried', ['good-one']);
  await script(upstream, 'good-one', 'pace=400ms;words=200');
  try {
    await visit('/groups/tried/try');
    await expect(page.getByLabel('Model')).not.toHaveValue('');
    await page.getByRole('button', { name: 'Send' }).click();
    await expect(page.getByRole('log', { name: 'Answer' })).not.toHaveText(/Waiting/);
    await page.getByRole('button', { name: 'Cancel' }).click();
    await expect(page.getByText(/^Cancelled\./)).toBeVisible();
    await expect(page.getByText('client left')).toBeVisible();
  } finally {
    await script(upstream, 'good-one');
  }
});
