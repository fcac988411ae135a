import { act, screen, waitFor } from '@testing-library/react';
import { afterEach, expect, test, vi } from 'vitest';
import { group, mount } from './mounting';

afterEach(() => void vi.useRealTimers());

/** Until what was answered has been drawn. */
const settled = () => act(() => new Promise<void>((done) => setImmediate(done)));

test('a record that does not come is looked for a few times, and then when it is asked for', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'], shouldAdvanceTime: true });
  const script = {
    GroupPage: { data: { group: group('openai') } },
    PinUpstreams: { data: { group: group('openai') } },
    ModelField: { data: { group: group('openai') } },
    TryRecord: { data: { request: [] } },
  };
  const { user, asked, session } = mount('/groups/openai/try', { script });
  await user.type(await screen.findByLabelText('Model'), 'model-a');
  session.mockImplementation(async () => {
    return Response.json({ choices: [{ message: { content: 'hi' } }] }, { headers: { 'X-Roundhouse-Request': 'r1' } });
  });
  await user.click(screen.getByRole('button', { name: 'Send' }));
  expect(await screen.findByRole('log', { name: 'Answer' })).toHaveTextContent('hi');
  const looks = () => asked.filter(({ operation }) => operation === 'TryRecord').length;

  for (let look = 1; look <= 6; look += 1) {
    await waitFor(() => expect(looks()).toBe(look));
    await settled();
    await vi.advanceTimersByTimeAsync(8000);
  }
  const again = await screen.findByRole('button', { name: 'Look again' });
  await vi.advanceTimersByTimeAsync(3_600_000);
  expect(looks()).toBe(6);
  await user.click(again);
  await waitFor(() => expect(looks()).toBe(7));
  await settled();
  await vi.advanceTimersByTimeAsync(3_600_000);
  expect(looks()).toBe(7);
});
