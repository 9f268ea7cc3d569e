import { queryOptions, useQuery } from '@tanstack/react-query';
import { api } from '../api/client';
import type { Schemas } from '../api/types';
import { type Scope, useScope } from '../app/scope';
import { type Entry, entryOfRecord } from './entry';

/** What became of an event, by its place in the hub's log. */
export function pathOf(scope: Scope, seq: number) {
  return queryOptions({ queryKey: ['path', scope.api, seq], queryFn: () => api.get<Schemas['Path']>(`${scope.api}/history/events/${seq}`) });
}

/**
 * The event that an address names: of those that are shown or, when it is none of
 * them, from the hub's log. `error` tells why there is none.
 */
export function useOpened(shown: readonly Entry[], seq: number | undefined): { entry: Entry | undefined; error: unknown } {
  const scope = useScope();
  const listed = shown.find((e) => e.seq === seq);
  const kept = useQuery({ ...pathOf(scope, seq ?? 0), enabled: seq !== undefined && !listed });
  if (listed || seq === undefined) return { entry: listed, error: null };
  return { entry: kept.data && entryOfRecord(kept.data.event), error: kept.data ? null : kept.error };
}
