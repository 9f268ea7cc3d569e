import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, pageOfArray } from '../api/client';
import type { Device, Schemas } from '../api/types';
import { type Scope, useScope } from '../app/scope';
import type { TableView } from '../kit/table/view';
import { deviceQuery, type Filter } from './query';

/** The view of the list of devices that its address need not name. */
export const usualView: TableView = { page: 1, size: 25, search: '', sort: 'name', down: false };

export type DevicePage = { rows: Device[] | undefined; total: number | undefined; stale: boolean; error: unknown; refetch: () => void };

type Found = { rows: Device[]; total: number };

/** A page of the devices of the scope, found and ordered by the hub. */
export function useDevices(view: TableView, filter: Filter): DevicePage {
  const scope = useScope();
  const query = useQuery({
    queryKey: ['devices', scope.api, 'page', view, filter],
    queryFn: ({ signal }) => read(scope, deviceQuery(view, filter), signal),
    placeholderData: keepPreviousData,
    refetchInterval: 15_000,
  });
  return { rows: query.data?.rows, total: query.data?.total, stale: query.isPlaceholderData, error: query.data ? null : query.error, refetch: () => void query.refetch() };
}

async function read(scope: Scope, query: ReturnType<typeof deviceQuery>, signal: AbortSignal): Promise<Found> {
  if (scope.kind !== 'product') return pageOfArray<Device>('/v1/devices', query, signal);
  const { devices, meta } = await api.get<Schemas['ProductDevices']>(`${scope.api}/devices`, query, signal);
  return { rows: devices, total: meta.total_records };
}

/** What a device is called: its name or, without one, its id. */
export function nameOf(d: { id: string; name: string | null }): string {
  return d.name || d.id;
}

/** The route of a device in the scope. */
export function deviceApi(scope: Scope, id: string): string {
  return `${scope.kind === 'product' ? scope.api : '/v1'}/devices/${encodeURIComponent(id)}`;
}

export function useDevice(id: string) {
  const scope = useScope();
  return useQuery({ queryKey: ['device', scope.api, id], queryFn: () => api.get<Device>(deviceApi(scope, id)), refetchInterval: 10_000 });
}

/** Makes the console ask anew for everything about devices. */
export function useRefreshDevices(): () => Promise<unknown> {
  const client = useQueryClient();
  return () => Promise.all(['devices', 'device', 'groups', 'products', 'product', 'credentials'].map((key) => client.invalidateQueries({ queryKey: [key] })));
}

export function useGroups() {
  const scope = useScope();
  return useQuery({
    queryKey: ['groups', scope.api],
    queryFn: async () => (await api.get<{ groups: Schemas['Group'][] }>(`${scope.api}/groups`)).groups,
    enabled: scope.kind === 'product',
  });
}
