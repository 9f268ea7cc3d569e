import type { Message } from '../api/sse';
import type { Schemas } from '../api/types';

/** What an event is, by which the list colours and filters it. */
export type EventKind = 'published' | 'sent' | 'response' | 'error' | 'system';

/** An event in the console's list. */
export type Entry = {
  /** Its place in the hub's log: the stream's id. Unique and growing. */
  seq: number;
  name: string;
  data: string | null;
  at: string;
  /** The publisher: a device's id, `api` or `particle-internal`. */
  device: string;
  kind: EventKind;
  product?: number;
};

/**
 * Tells by the name; response topics of one's own are seen as published, unless
 * the hub itself published them.
 */
export function kindOf(name: string, device: string): EventKind {
  if (device === 'particle-internal' || /^[0-9a-f]{24}\//.test(name)) {
    const bare = name.replace(/^[0-9a-f]{24}\//, '');
    if (bare.startsWith('hook-sent')) return 'sent';
    if (bare.includes('hook-error')) return 'error';
    if (device === 'particle-internal') return bare.startsWith('spark/') || bare.startsWith('particle/') ? 'system' : 'response';
  }
  return name.startsWith('spark/') || name.startsWith('particle/') ? 'system' : 'published';
}

/** An event as the hub's log gives it. */
export function entryOfRecord(e: Schemas['Event']): Entry {
  return { seq: e.stream_id ?? 0, name: e.name, data: e.data, at: e.published_at, device: e.coreid, kind: kindOf(e.name, e.coreid), ...(e.product_id ? { product: e.product_id } : {}) };
}

/** Reads a message of an event stream; undefined for what is no event. */
export function entryOf(m: Message): Entry | undefined {
  const seq = Number(m.id);
  if (!Number.isSafeInteger(seq) || seq <= 0) return undefined;
  try {
    const body = JSON.parse(m.data) as { data?: string | null; published_at?: string; coreid?: string; productID?: number };
    const device = body.coreid ?? '';
    return {
      seq,
      name: m.event,
      data: body.data ?? null,
      at: body.published_at ?? '',
      device,
      kind: kindOf(m.event, device),
      ...(body.productID ? { product: body.productID } : {}),
    };
  } catch {
    return undefined;
  }
}

/** What the list shows. Empty members let everything through. */
export type EventFilter = { prefix: string; device: string; kind: EventKind | '' };

export const everything: EventFilter = { prefix: '', device: '', kind: '' };

export function passes(filter: EventFilter, e: Entry): boolean {
  return e.name.startsWith(filter.prefix) && (!filter.device || e.device.startsWith(filter.device)) && (!filter.kind || e.kind === filter.kind);
}
