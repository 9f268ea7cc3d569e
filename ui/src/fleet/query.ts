import type { TableView } from '../kit/table/view';

/** What a list of devices leaves out. */
export type Filter = { group: string; quarantined: boolean };

const orders: Record<string, string> = { name: 'deviceName', id: 'deviceId', heard: 'lastConnection', firmware: 'firmwareVersion' };

/** The question to the hub for a page of devices; see GET /v1/products/{product}/devices. */
export function deviceQuery(view: TableView, filter: Filter): Record<string, string | number | boolean | undefined> {
  return {
    page: view.page,
    per_page: view.size,
    search: view.search.trim(),
    groups: filter.group,
    quarantined: filter.quarantined || undefined,
    sortAttr: orders[view.sort] ?? 'deviceId',
    sortDir: view.down ? 'desc' : 'asc',
  };
}

/** A new device id: 24 hexadecimal digits, by chance. */
export function newDeviceId(random: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array = (b) => crypto.getRandomValues(b)): string {
  return Array.from(random(new Uint8Array(12)), (b) => b.toString(16).padStart(2, '0')).join('');
}

/** What is wrong with a device id; null = nothing. */
export function idFault(id: string): string | null {
  if (!id.trim()) return 'The id of a device';
  return /^[0-9a-f]{24}$/i.test(id.trim()) ? null : 'A device id has 24 hexadecimal digits';
}

/** The states of a device that one should see, beside being online. */
export function marksOf(d: { denied: boolean; quarantined: boolean; development: boolean }): { label: string; color: string; why: string }[] {
  return [
    ...(d.denied ? [{ label: 'Denied', color: 'red', why: 'It may do nothing until it is added again.' }] : []),
    ...(d.quarantined ? [{ label: 'Quarantined', color: 'orange', why: 'Its events are not those of the product.' }] : []),
    ...(d.development ? [{ label: 'Development', color: 'blue', why: 'Marked as a device for development.' }] : []),
  ];
}
