import { useQuery } from '@tanstack/react-query';
import { api } from '../api/client';
import type { Schemas } from '../api/types';
import type { Scope } from '../app/scope';

/** The secrets of a scope, by name. */
export function useSecrets(scope: Scope) {
  return useQuery({ queryKey: ['secrets', scope.api], queryFn: () => api.get<{ secrets: Schemas['Secret'][] }>(`${scope.api}/secrets`), select: (d) => d.secrets.map((s) => s.name) });
}
