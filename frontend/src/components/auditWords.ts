/** What the audit log says by kind and name, taken apart so that it can be said in the reader's language. */
export interface AuditWords<Kind extends string> {
  kind: Kind;
  name: string;
  /** A second name, where there is one. */
  from: string;
}

/** Each form that the gateway writes, with its name in brackets where it has one. */
const targets = [
  ['proxyKeyOfAll', /^proxy key for every group$/],
  ['proxyKeyOfGroup', /^proxy key for group (.+)$/],
  ['proxyKey', /^proxy key (.+)$/],
  ['group', /^group (.+)$/],
  ['groups', /^groups$/],
  ['key', /^key (.+)$/],
  ['settings', /^settings$/],
  ['session', /^session (\d+)$/],
  ['task', /^task (.+)$/],
  ['configuration', /^configuration$/],
  ['configurationWithSecrets', /^configuration with secrets$/],
] as const;

const actors = [
  ['adminKey', /^admin key from (.+)$/],
  ['session', /^session (\d+) from (.+)$/],
  ['unknown', /^unknown from (.+)$/],
] as const;

function find<Kind extends string>(forms: readonly (readonly [Kind, RegExp])[], text: string): AuditWords<Kind> | undefined {
  for (const [kind, form] of forms) {
    const found = form.exec(text);
    if (found) return { kind, name: found[1] ?? '', from: found[2] ?? '' };
  }
  return undefined;
}

/** Undefined for a form that a newer gateway brings; it keeps the gateway's words. */
export const targetWords = (text: string) => find(targets, text);
export const actorWords = (text: string) => find(actors, text);
