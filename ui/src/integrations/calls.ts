import type { Call } from '../api/types';

/** Which recorded calls to show; each is a member of the page's address. */
export type CallFilter = { type: string; event: string; device: string; status: string; from: string; to: string };

export const filterKeys = ['type', 'event', 'device', 'status', 'from', 'to'] as const;

export function filterOf(search: URLSearchParams): CallFilter {
  const [type = '', event = '', device = '', status = '', from = '', to = ''] = filterKeys.map((key) => search.get(key) ?? '');
  return { type: type === 'success' || type === 'error' ? type : '', event, device, status: isStatus(status) ? status : '', from: asTime(from), to: asTime(to) };
}

/** 503, or a class such as 5xx. */
export const isStatus = (text: string): boolean => /^[1-5]([0-9]{2}|[xX]{2})$/.test(text);

/** A time that the hub understands, or nothing. */
function asTime(text: string): string {
  const at = Date.parse(text);
  return Number.isNaN(at) ? '' : new Date(at).toISOString();
}

export const isFiltered = (f: CallFilter): boolean => filterKeys.some((key) => f[key] !== '');

/** Pages may overlap when calls come in between; each call is shown once, newest first. */
export function once(pages: { logs: Call[] }[]): Call[] {
  return [...new Map(pages.flatMap((p) => p.logs).map((call) => [call.id, call])).values()];
}

/** A time for an input of the browser, in its own zone; "" for none. */
export function localInput(iso: string): string {
  if (!iso) return '';
  const at = new Date(iso);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

/** What an input of the browser says, as the hub wants it. */
export function fromInput(text: string): string {
  return text ? asTime(text) : '';
}

/** Why a call failed, in short. */
export function outcomeText(call: Call): string {
  if (call.type === 'success') return call.status ? String(call.status) : 'Success';
  return call.status ? String(call.status) : (call.error ?? 'Error');
}
