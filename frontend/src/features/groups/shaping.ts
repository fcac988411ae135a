import type { ShapingTabQuery, UpdateGroupInput } from '../../generated/graphql';
import { type Overrides, rowsOf, textOf } from './overrides';

export interface Redirect {
  id: string;
  from: string;
  to: string;
}

export interface HeaderRule {
  id: string;
  action: 'SET' | 'REMOVE';
  name: string;
  value: string;
  /** Kept by the server and not shown; it stays until another is typed. */
  kept: boolean;
}

/** How a group rewrites requests, while it is edited. */
export interface Shaping {
  redirects: readonly Redirect[];
  strict: boolean;
  overrides: Overrides;
  headers: readonly HeaderRule[];
}

type Group = NonNullable<ShapingTabQuery['group']>;

export function shapingOf(group: Group): Shaping {
  return {
    redirects: group.modelRedirects.map((r) => ({ id: r.from, from: r.from, to: r.to })),
    strict: group.modelRedirectStrict,
    overrides: rowsOf(group.paramOverridesText) ?? group.paramOverridesText,
    headers: group.headerRules.map((r) => ({ id: r.name, action: r.action, name: r.name, value: r.value, kept: r.secret })),
  };
}

/** An aggregate rewrites by redirects alone; the rest is its members'. */
export function shapingInput(shaping: Shaping, aggregate: boolean): UpdateGroupInput {
  const redirects = {
    modelRedirects: shaping.redirects.map(({ from, to }) => ({ from, to })),
    modelRedirectStrict: shaping.strict,
  };
  if (aggregate) return redirects;
  return {
    ...redirects,
    paramOverridesText: textOf(shaping.overrides),
    headerRules: shaping.headers.map(({ action, name, value, kept }) => ({
      action,
      name,
      ...(action === 'SET' && !kept ? { value } : {}),
    })),
  };
}

/** Where the server may find fault. */
export function shapingFields(shaping: Shaping): string[] {
  return [
    'paramOverridesText',
    ...shaping.redirects.flatMap((_, i) => [`modelRedirects.${i}.from`, `modelRedirects.${i}.to`]),
    ...shaping.headers.flatMap((_, i) => [`headerRules.${i}.name`, `headerRules.${i}.value`]),
  ];
}
