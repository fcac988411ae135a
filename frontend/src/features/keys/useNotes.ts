import { useMutation } from 'urql';
import { graphql } from '../../generated';

const updateNotes = graphql(`
  mutation UpdateKeyNotes($id: ID!, $notes: String!) {
    updateKeyNotes(id: $id, notes: $notes) {
      ...KeyRow_key
    }
  }
`);

/** What the server takes, in characters. */
export const mostNotes = 1024;

/** Writes a key's notes; a list that shows the key hears of it by its subscription. */
export function useNotes(id: string) {
  const [{ error, fetching }, update] = useMutation(updateNotes);
  const save = async (notes: string) => (await update({ id, notes })).data !== undefined;
  return { error, fetching, save };
}
