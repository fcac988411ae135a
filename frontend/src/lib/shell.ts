/** A value in single quotes of the shell. */
export function sh(value: string): string {
  return `'${value.replaceAll("'", `'\\''`)}'`;
}
