import { useClient } from 'urql';
import { graphql } from '../../generated';
import { looksLikeKey } from '../../lib/keys';
import { unkept } from '../../lib/unkept';

const fingerprintOf = graphql(`
  query KeyFingerprint($value: String!) {
    keyFingerprint(value: $value)
  }
`);

const isThere = graphql(`
  query KeyWithFingerprint($groupId: ID!, $fingerprint: String!) {
    keys(groupId: $groupId, filter: { search: $fingerprint }, first: 1) {
      edges {
        node {
          id
          fingerprint
        }
      }
    }
  }
`);

/** Shorter than any key that a provider gives. */
const shortestKey = 8;

/**
 * Turns what was pasted into something an address may hold: a key becomes its fingerprint, whether the group has it or it merely
 * looks like one; notes and fingerprints stay as they are.
 */
export function useFingerprint(groupId: string): (typed: string) => Promise<string> {
  const client = useClient();
  return async (typed) => {
    const text = typed.trim();
    if (text.length < shortestKey || /\s/.test(text) || /^[0-9a-f]{12}$/.test(text)) return text;
    const fingerprint = (await client.query(fingerprintOf, { value: text }, unkept)).data?.keyFingerprint;
    if (!fingerprint) return '';
    if (looksLikeKey(text)) return fingerprint;
    const found = await client.query(isThere, { groupId, fingerprint }, unkept);
    return found.data?.keys.edges.some(({ node }) => node.fingerprint === fingerprint) ? fingerprint : text;
  };
}
