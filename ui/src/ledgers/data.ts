import { useQuery, useQueryClient } from '@tanstack/react-query';
import { api, isMissing, requestText, withQuery } from '../api/client';
import type { Schemas } from '../api/types';
import { useScope } from '../app/scope';
import { type Instance, instanceOf, versionsOf } from './document';

export type Ledger = Schemas['Ledger'];

export function useLedgers(archived: boolean) {
  const scope = useScope();
  return useQuery({ queryKey: ['ledgers', scope.api, archived], queryFn: async () => (await api.get<{ ledgers: Ledger[] }>(`${scope.api}/ledgers`, { archived, per_page: 500 })).ledgers });
}

export function useLedger(name: string) {
  const scope = useScope();
  return useQuery({ queryKey: ['ledgers', scope.api, 'one', name], queryFn: async () => (await api.get<{ ledger: Ledger }>(`${scope.api}/ledgers/${encodeURIComponent(name)}`)).ledger });
}

export function useRefreshLedgers() {
  const client = useQueryClient();
  return () => client.invalidateQueries({ queryKey: ['ledgers'] });
}

export function instanceApi(base: string, ledger: string, value: string): string {
  return `${base}/ledgers/${encodeURIComponent(ledger)}/instances/${encodeURIComponent(value)}`;
}

/** An instance; null = there is none yet. It is never taken from the cache: an editor that begins with an old version ends in a conflict. */
export function useInstance(ledger: string, value: string) {
  const scope = useScope();
  const path = instanceApi(scope.api, ledger, value);
  return useQuery({ queryKey: ['ledgers', scope.api, 'instance', ledger, value], queryFn: () => readInstance(path), gcTime: 0 });
}

export async function readInstance(path: string): Promise<Instance | null> {
  try {
    return instanceOf(await requestText('GET', path));
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

export function useVersions(ledger: string, value: string, version: number) {
  const scope = useScope();
  const path = `${instanceApi(scope.api, ledger, value)}/versions`;
  return useQuery({ queryKey: ['ledgers', scope.api, 'versions', ledger, value, version], queryFn: async () => versionsOf(await requestText('GET', path)), enabled: version > 1 });
}

export type SetMode = 'Replace' | 'Merge';

/** Sets an instance, if `seen` is still its version. */
export function setInstance(path: string, body: string, mode: SetMode, seen: number): Promise<string> {
  return requestText('PUT', withQuery(path, { set_mode: mode, if_version: seen }), body);
}
