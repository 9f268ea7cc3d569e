import type { Schemas } from '../api/types';

type Path = Schemas['Path'];
type Attempt = Schemas['Attempt'];
type Caused = Path['events'][number];

/** A step on the way of an event. `ms` counts from when the hub had the event. */
export type Step = { ms: number; at: string } & ({ kind: 'received' } | { kind: 'attempt'; attempt: Attempt; took: number } | { kind: 'caused'; event: Caused });

/** Everything that became of an event, in the order in which it happened. */
export function timeline(path: Path): Step[] {
  const start = Date.parse(path.event.published_at);
  const steps: Step[] = [
    ...path.attempts.map((attempt): Step => ({ kind: 'attempt', at: attempt.time, ms: Date.parse(attempt.time) - start, attempt, took: attempt.timing_ms.total })),
    ...path.events.map((event): Step => ({ kind: 'caused', at: event.published_at, ms: Date.parse(event.published_at) - start, event })),
  ];
  const order = { received: 0, attempt: 1, caused: 2 };
  steps.sort((a, b) => a.ms - b.ms || order[a.kind] - order[b.kind]);
  return [{ kind: 'received', ms: 0, at: path.event.published_at }, ...steps];
}

/** Whether more may follow: no integration has reported yet, or one tries again. */
export function unfinished(path: Path): boolean {
  const last = new Map(path.attempts.map((a) => [a.delivery, a]));
  return [...last.values()].some((a) => a.next !== undefined);
}
