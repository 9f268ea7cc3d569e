import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import { api } from '../api/client';
import type { Device, Schemas } from '../api/types';
import { type Scope, useScope } from '../app/scope';
import { type Local, pageOfList, type TableView } from '../kit/table/view';
import { deviceQuery } from './query';

/** The view of the list of devices that its address need not name. */
export const usualView: TableView = { page: 1, size: 25, search: '', by: 'name', sort: 'name', down: false };

/** The hub's longest page of a sandbox, and how many pages the browser reads. */
const sandboxPage = 1_000;
const sandboxPages = 10;

export type DevicePage = { rows: Device[] | undefined; total: number | undefined; page: number; stale: boolean; error: unknown; refetch: () => void; cut: boolean };

/** A page of the devices of the scope. A product's are found and ordered by the hub, a sandbox's here. */
export function useDevices(view: TableView, filter: { group: string; quarantined: boolean }): DevicePage {
  const scope = useScope();
  const product = useQuery({
    queryKey: ['devices', scope.api, 'page', view, filter],
    queryFn: ({ signal }) => api.get<Schemas['ProductDevices']>(`${scope.api}/devices`, deviceQuery(view, filter), signal),
    enabled: scope.kind === 'product',
    placeholderData: keepPreviousData,
    refetchInterval: 15_000,
  });
  const sandbox = useQuery({ queryKey: ['devices', scope.api, 'all'], queryFn: ({ signal }) => readSandbox(signal), enabled: scope.kind === 'sandbox', refetchInterval: 15_000 });
  const query = scope.kind === 'product' ? product : sandbox;
  const common = { error: query.data === undefined ? query.error : null, refetch: () => void query.refetch() };
  if (scope.kind === 'product') {
    return { ...common, rows: product.data?.devices, total: product.data?.meta.total_records, page: view.page, stale: product.isPlaceholderData, cut: false };
  }
  if (!sandbox.data) return { ...common, rows: undefined, total: undefined, page: view.page, stale: false, cut: false };
  return { ...common, ...pageOfList(sandbox.data, view, local), stale: false, cut: sandbox.data.length >= sandboxPage * sandboxPages };
}

async function readSandbox(signal: AbortSignal): Promise<Device[]> {
  const all: Device[] = [];
  for (let page = 1; page <= sandboxPages; page++) {
    const some = await api.get<Device[]>('/v1/devices', { page, per_page: sandboxPage }, signal);
    all.push(...some);
    if (some.length < sandboxPage) break;
  }
  return all;
}

const local: Local<Device> = {
  text: (d, by) => (by === 'id' ? d.id : by === 'serial' ? (d.serial_number ?? '') : (d.name ?? '')),
  order: (d, sort) => (sort === 'id' ? d.id : sort === 'heard' ? (d.last_heard ? Date.parse(d.last_heard) : 0) : sort === 'firmware' ? (d.firmware_version ?? -1) : (d.name ?? '')),
};

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
