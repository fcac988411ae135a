import { graphql } from '../../generated';

/** What a row shows, and what a change of a key brings. */
export const rowFragment = graphql(`
  fragment KeyRow_key on Key {
    id
    masked
    fingerprint
    status
    coolingUntil
    fault
    reason
    lastStatusCode
    lastFailedAt
    notes
    requestCount
    failureCount
    consecutiveFailures
    lastUsedAt
    createdAt
    version
  }
`);

export const keysPage = graphql(`
  query KeysPage(
    $groupId: ID!
    $filter: KeyFilter
    $order: KeyOrder!
    $first: Int!
    $after: String
    $before: String
    $at: Float
  ) {
    keys(groupId: $groupId, filter: $filter, order: $order, first: $first, after: $after, before: $before, at: $at) {
      edges {
        node {
          ...KeyRow_key
        }
      }
      pageInfo {
        hasNextPage
        hasPreviousPage
        startCursor
        endCursor
      }
      totalCount
      scannedTo
    }
  }
`);

export const keyChanges = graphql(`
  subscription KeyChanges($groupId: ID!) {
    keyChanged(groupId: $groupId) {
      key {
        ...KeyRow_key
      }
      keyCounts {
        total
      }
    }
  }
`);

export const keySelection = graphql(`
  query KeySelection($keys: KeySelector!) {
    keySelection(keys: $keys) {
      count
      exact
      upTo
      sample {
        id
        masked
      }
    }
  }
`);
