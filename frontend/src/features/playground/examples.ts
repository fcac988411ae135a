/** An operation to begin with. Its variables change nothing when they are run as they stand: id 0 is nobody's. */
export interface Example {
  name: string;
  kind: 'query' | 'mutation' | 'subscription';
  query: string;
  variables: string;
}

const queries = import.meta.glob<string>('./examples/*.graphql', { query: '?raw', import: 'default', eager: true });
const variables = import.meta.glob<string>('./examples/*.variables.json', { query: '?raw', import: 'default', eager: true });

const kinds = ['query', 'mutation', 'subscription'] as const;

function kindOf(query: string): Example['kind'] {
  return kinds.find((kind) => new RegExp(`^${kind} `, 'm').test(query)) ?? 'query';
}

/** Queries first, then mutations, then subscriptions; by name within each. */
export const examples: readonly Example[] = Object.entries(queries)
  .map(([path, query]) => ({
    name: path.replace(/^.*\/|\.graphql$/g, ''),
    kind: kindOf(query),
    query: query.trimEnd(),
    variables: (variables[path.replace(/graphql$/, 'variables.json')] ?? '').trimEnd(),
  }))
  .sort((a, b) => kinds.indexOf(a.kind) - kinds.indexOf(b.kind) || a.name.localeCompare(b.name));
