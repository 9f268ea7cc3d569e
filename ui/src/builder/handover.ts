import type { Schemas } from '../api/types';
import type { JsonObject } from './json';

type Entry = Schemas['GalleryEntry'];

/**
 * What the gallery hands to the builder. It may hold credentials, so it goes from
 * page to page in memory and never through an address.
 */
export type Handover = { template: string; doc: JsonObject; entry: Entry };

let handed: Handover | undefined;

export function handOver(h: Handover): void {
  handed = h;
}

/** What was handed over for an entry of the gallery. */
export const handedOver = (template: string): Handover | undefined => (handed?.template === template ? handed : undefined);
