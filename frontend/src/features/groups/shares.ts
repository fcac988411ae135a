/** What part of the traffic each weight takes, 0 to 1; none where all are zero. */
export function sharesOf(weights: readonly number[]): number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => (total > 0 ? weight / total : 0));
}

/** A weight as it is typed: a whole number, none where there is none. The server judges the bounds. */
export function weightOf(text: string): number {
  const weight = Math.round(Number(text));
  return Number.isFinite(weight) ? weight : 0;
}
