import { useQuery, useQueryClient } from '@tanstack/react-query';
import { api } from '../api/client';
import type { Schemas } from '../api/types';
import { useScope } from '../app/scope';

export type Member = Schemas['Member'];

export type Team = { team: Member[]; invitations: Schemas['Invited'][] };

export function useTeam() {
  const scope = useScope();
  return useQuery({ queryKey: ['team', scope.api], queryFn: () => api.get<Team>(`${scope.api}/team`, { per_page: 1_000 }) });
}

export function useRefreshTeam() {
  const client = useQueryClient();
  return () => Promise.all([client.invalidateQueries({ queryKey: ['team'] }), client.invalidateQueries({ queryKey: ['role'] })]);
}
