import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, isDenied, isMissing } from '../api/client';
import type { Integration, Schemas } from '../api/types';
import { integrationsOf } from '../app/lists';
import { type Scope, useScope } from '../app/scope';
import type { Members } from './model';

/** How often figures of the present are asked for again. */
export const lively = 5_000;

/** An integration and where it lives. */
export type Opened = {
  integration: Schemas['IntegrationDetails'];
  /** Path of the scope that it belongs to. */
  api: string;
  /** Path of its own routes. */
  path: string;
  kind: Scope['kind'];
  /** Slug of the organization that it belongs to, seen from one of its products. */
  from?: string;
};

/**
 * An integration of the present scope. From a product, those of its organization
 * that the product triggers can be looked at, too.
 */
export function useIntegration(id: string) {
  const scope = useScope();
  return useQuery({ queryKey: ['integrations', scope.api, id], queryFn: () => open(scope, id), refetchInterval: lively });
}

async function open(scope: Scope, id: string): Promise<Opened> {
  try {
    return await openIn(scope.api, scope.kind, id);
  } catch (error) {
    const org = scope.kind === 'product' ? scope.product.org : undefined;
    if (!isMissing(error) || !org || scope.kind !== 'product') throw error;
    const opened = await openIn(`/v1/orgs/${encodeURIComponent(org)}`, 'organization', id).catch(() => Promise.reject(error));
    if (!opened.integration.product_ids?.includes(scope.product.id)) throw error;
    return { ...opened, from: org };
  }
}

async function openIn(base: string, kind: Scope['kind'], id: string): Promise<Opened> {
  const path = `${base}/integrations/${encodeURIComponent(id)}`;
  return { integration: await api.get<Schemas['IntegrationDetails']>(path), api: base, path, kind };
}

/** The integrations of the scope. */
export function useIntegrations() {
  const scope = useScope();
  return useQuery({ ...integrationsOf(scope), refetchInterval: lively });
}

/**
 * The integrations of the organization that a product triggers. Somebody in the
 * product's team alone may not see them: then there are none.
 */
export function useInherited() {
  const scope = useScope();
  const product = scope.kind === 'product' && scope.product.org ? scope.product : undefined;
  return useQuery({
    queryKey: ['integrations', scope.api, 'inherited'],
    enabled: product !== undefined,
    queryFn: async () => {
      const all = await api.get<Integration[]>(`/v1/orgs/${encodeURIComponent(product?.org ?? '')}/integrations`).catch(nothingIfHidden);
      return all.filter((i) => product && i.product_ids?.includes(product.id));
    },
  });
}

function nothingIfHidden(error: unknown): Integration[] {
  if (isDenied(error) || isMissing(error)) return [];
  throw error;
}

/** Today's counts of all integrations of a scope, by their ids. */
export function useCounters(days: number) {
  const scope = useScope();
  return useQuery({
    queryKey: ['integrations', scope.api, 'counters', days],
    queryFn: async () => {
      const answer = await api.get<Schemas['CountersOfAll']>(`${scope.api}/integrations/counters`, { days });
      return new Map(answer.integrations.map((i) => [i.id, i.counters]));
    },
    refetchInterval: lively,
  });
}

/** How the hosts of the scope's integrations are rated. */
export function useHosts(base: string) {
  return useQuery({
    queryKey: ['hosts', base],
    queryFn: () => api.get<{ hosts: Schemas['Host'][] }>(`${base}/hosts`).then((answer) => answer.hosts),
    refetchInterval: lively,
  });
}

/** The host that an integration calls, if the hub has rated it. */
export function hostAmong(hosts: Schemas['Host'][] | undefined, name: string): Schemas['Host'] | undefined {
  return hosts?.find((h) => h.host === name);
}

/** Changes of an integration; what is shown of it is asked for again. */
export function useChanges() {
  const client = useQueryClient();
  const scope = useScope();
  const renew = () => Promise.all([client.invalidateQueries({ queryKey: ['integrations'] }), client.invalidateQueries({ queryKey: ['hosts'] })]);
  const list = `${scope.api}/integrations`;
  return {
    change: useMutation({ mutationFn: ({ path, patch }: { path: string; patch: Members }) => api.put<Schemas['SavedIntegration']>(path, patch), onSettled: renew }),
    remove: useMutation({
      mutationFn: (path: string) => api.delete(path),
      // The page of what is gone must not ask for it again.
      onSuccess: () => client.invalidateQueries({ queryKey: ['integrations', scope.api], exact: true }),
    }),
    branch: useMutation({
      mutationFn: ({ path, how, body }: { path: string; how: 'copy' | 'move' | 'separate'; body: unknown }) => api.post<Schemas['SavedIntegration']>(`${path}/${how}`, body),
      onSettled: (_, __, { how }) => (how === 'move' ? client.invalidateQueries({ queryKey: ['integrations', scope.api], exact: true }) : renew()),
    }),
    list,
    renew,
  };
}
