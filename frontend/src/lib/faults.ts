import type { TFunction } from 'i18next';
import type { CombinedError } from 'urql';

/** One thing wrong with an input, as the server names it. */
interface Fault {
  path: string;
  reason: string;
  params?: Record<string, unknown> | null;
  message: string;
}

const reasons = [
  'REQUIRED',
  'TOO_SHORT',
  'TOO_LONG',
  'TOO_SMALL',
  'TOO_LARGE',
  'TAKEN',
  'REPEATED',
  'UNKNOWN',
  'TOO_MANY',
] as const;
type Worded = (typeof reasons)[number];

function isWorded(reason: string): reason is Worded {
  return (reasons as readonly string[]).includes(reason);
}

/** In the reader's language where the reason says it all, else the server's own sentence. */
function word(t: TFunction, fault: Fault): string {
  return isWorded(fault.reason) ? t(`fault.${fault.reason}`, bounds(fault.params)) : fault.message;
}

function bounds(params: Fault['params']): { min: string; max: string } {
  return { min: String(params?.min ?? ''), max: String(params?.max ?? '') };
}

/** What a server's answer says about a form: a sentence for each field, and one for the whole when no field is to blame. */
export interface FormFaults {
  fields: Record<string, string>;
  form?: string;
}

/** Paths lose the argument's name (`input.name` is the form's `name`); those in `known` go beside their field, the rest to the form. */
export function formFaults(t: TFunction, error: CombinedError | undefined, known: readonly string[]): FormFaults {
  if (!error) return { fields: {} };
  const found: FormFaults = { fields: {} };
  const rest: string[] = [];
  for (const fault of faultsOf(error)) {
    const path = fault.path.replace(/^input\./, '');
    if (known.includes(path)) found.fields[path] ??= word(t, fault);
    else rest.push(`${path}: ${word(t, fault)}`);
  }
  if (rest.length > 0) found.form = rest.join(' ');
  else if (Object.keys(found.fields).length === 0) found.form = sentence(t, error);
  return found;
}

function faultsOf(error: CombinedError): Fault[] {
  return error.graphQLErrors.flatMap((e) => (Array.isArray(e.extensions?.errors) ? (e.extensions.errors as Fault[]) : []));
}

/** Whether someone else changed the thing since it was read. */
export function isConflict(error: CombinedError): boolean {
  return error.graphQLErrors.some((e) => e.extensions?.code === 'CONFLICT');
}

/** What happened, in a sentence that says what to do. */
export function sentence(t: TFunction, error: CombinedError): string {
  if (error.networkError) return t('error.network');
  const first = error.graphQLErrors[0];
  switch (first?.extensions?.code) {
    case 'CONFLICT':
      return t('error.conflict', { message: first.message });
    case 'BUSY':
      return t('error.busy');
    case 'INTERNAL':
      return t('error.internal', { message: first.message });
    default:
      return first?.message ?? error.message;
  }
}
