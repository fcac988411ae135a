/** The reader's time zone, and whether the gateway can cut days by it: it counts in whole hours of UTC. */
export function readersZone(at = new Date()): { name: string; wholeHours: boolean } {
  const name = Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';
  return { name, wholeHours: at.getTimezoneOffset() % 60 === 0 };
}
