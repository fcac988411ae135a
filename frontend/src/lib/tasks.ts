interface Progress {
  processed: number;
  total: number | null;
  startedAt: string | null;
}

export function isOver({ state }: { state: 'QUEUED' | 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'CANCELLED' }): boolean {
  return state === 'SUCCEEDED' || state === 'FAILED' || state === 'CANCELLED';
}

/** How far a task is, 0 to 1; how many a second; and how long it will yet take, in milliseconds. The last two are unknown at first. */
export function paceOf(task: Progress, now: number): { share: number; rate?: number; left?: number } {
  const share = task.total ? Math.min(1, task.processed / task.total) : 0;
  const ran = task.startedAt === null ? 0 : now - Date.parse(task.startedAt);
  if (ran < 1000 || task.processed === 0) return { share };
  const rate = task.processed / (ran / 1000);
  return { share, rate, left: task.total === null ? undefined : Math.max(0, ((task.total - task.processed) / rate) * 1000) };
}

/** Tasks as they were read, by id, with what was heard of them since. One that has ended stays so, whichever of the two says it. */
export function latestOf<T extends Parameters<typeof isOver>[0] & { id: string }>(
  read: readonly T[],
  heard: Iterable<T>,
): Map<string, T> {
  const latest = new Map(read.map((task) => [task.id, task]));
  for (const task of heard) {
    const known = latest.get(task.id);
    if (!known || !isOver(known)) latest.set(task.id, task);
  }
  return latest;
}
