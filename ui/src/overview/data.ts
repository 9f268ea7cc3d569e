import { useQueries, useQuery } from '@tanstack/react-query';
import { api, pageOfArray } from '../api/client';
import type { Call, Integration, Schemas } from '../api/types';
import { type Scope, useScope } from '../app/scope';
import { lively } from '../integrations/data';
import type { Busy } from './figures';

/** How many devices the scope has; products, in an organization. */
export function useMembers() {
  const scope = useScope();
  return useQuery({ queryKey: ['members', scope.api], queryFn: () => countMembers(scope), refetchInterval: 30_000 });
}

async function countMembers(scope: Scope): Promise<number> {
  if (scope.kind === 'organization') {
    return (await api.get<{ products: unknown[] }>(`${scope.api}/products`, { per_page: 1_000 })).products.length;
  }
  if (scope.kind === 'product') return (await api.get<{ product: Schemas['Product'] }>(scope.api)).product.device_count;
  return (await pageOfArray('/v1/devices', { per_page: 1 })).total;
}

/** Data operations and events of 30 days, today last. */
export function useUsage() {
  const scope = useScope();
  return useQuery({ queryKey: ['usage', scope.api, 'day'], queryFn: () => api.get<Schemas['Usage']>(`${scope.api}/usage`, { by: 'day' }), refetchInterval: 2 * lively });
}

export type Failure = { integration: Integration; call: Call };

/** The last failed calls of those integrations that failed most today, newest first. */
export function useFailures(busy: Busy[]) {
  const scope = useScope();
  const failing = busy
    .filter((b) => b.today.error > 0)
    .sort((a, b) => b.today.error - a.today.error)
    .slice(0, 4);
  return useQueries({
    queries: failing.map(({ integration }) => ({
      queryKey: ['calls', `${scope.api}/integrations/${integration.id}`, 'last errors'],
      queryFn: () => api.get<{ logs: Call[] }>(`${scope.api}/integrations/${integration.id}/logs`, { type: 'error', limit: 4 }),
      refetchInterval: 2 * lively,
    })),
    combine: (answers) => ({
      isPending: answers.some((a) => a.isPending),
      failures: answers
        .flatMap((a, i): Failure[] => {
          const integration = failing[i]?.integration;
          return integration ? (a.data?.logs ?? []).map((call) => ({ integration, call })) : [];
        })
        .sort((a, b) => b.call.time.localeCompare(a.call.time))
        .slice(0, 6),
    }),
  });
}
