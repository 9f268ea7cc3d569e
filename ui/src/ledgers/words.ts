import type { Ledger } from './data';

export const aboutScope: Record<Ledger['scope'], string> = {
  Device: 'Templates read the one of the device that published.',
  Product: 'Templates read the one of the product of the event.',
  Owner: 'One document in all: of the user, or of the organization.',
};

/** What a direction means; empty = none. */
export function aboutDirection(direction: string | null): string {
  if (direction === 'Upstream') return 'From device to cloud: only devices write it.';
  if (direction === 'Downstream') return 'From cloud to device: written here and through the API.';
  return 'Devices never see it.';
}
