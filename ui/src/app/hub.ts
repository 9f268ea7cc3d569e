import { useQuery } from '@tanstack/react-query';
import { api } from '../api/client';
import type { Schemas } from '../api/types';

/** What the hub tells everybody about itself; it does not change while a page is open. */
export function useHub() {
  return useQuery({ queryKey: ['hub'], queryFn: () => api.get<Schemas['Hub']>('/v1/hub'), staleTime: Infinity });
}
