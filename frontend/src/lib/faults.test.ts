import i18next from 'i18next';
import { CombinedError } from 'urql';
import { expect, test } from 'vitest';
import { formFaults, sentence } from './faults';

function refused(errors: object[]): CombinedError {
  return new CombinedError({ graphQLErrors: [{ message: 'bad input', extensions: { code: 'BAD_INPUT', errors } }] });
}

const t = i18next.t;

test('each fault goes beside its field, in the reader’s words where there are some', () => {
  const error = refused([
    { path: 'input.name', reason: 'TOO_LONG', params: { max: 100 }, message: 'at most 100 characters' },
    { path: 'input.upstreams.0.url', reason: 'BAD_FORM', params: {}, message: 'ftp is not spoken here' },
  ]);
  expect(formFaults(t, error, ['name', 'upstreams.0.url'])).toEqual({
    fields: { name: 'Too long: at most 100 characters.', 'upstreams.0.url': 'ftp is not spoken here' },
  });
});

test('a fault of a field that the form has not is said with its path', () => {
  const error = refused([{ path: 'input.overrides.maxRetries', reason: 'TOO_LARGE', params: { max: 10 }, message: '' }]);
  expect(formFaults(t, error, ['name'])).toEqual({ fields: {}, form: 'overrides.maxRetries: Too large: at most 10.' });
});

test('an error without faults is one sentence for the form', () => {
  const busy = new CombinedError({ graphQLErrors: [{ message: 'busy', extensions: { code: 'BUSY' } }] });
  expect(formFaults(t, busy, ['name'])).toEqual({
    fields: {},
    form: 'Another task is working on this. Try again when it has ended.',
  });
  expect(sentence(t, new CombinedError({ networkError: new Error('refused') }))).toMatch(/does not answer/);
});
