import type { Day, Integration } from '../api/types';
import { nothing, sum } from '../integrations/model';

/** The last days, UTC, today last: 2026-03-01. */
export function lastDays(n: number, now = Date.now()): string[] {
  return Array.from({ length: n }, (_, i) => new Date(now - (n - 1 - i) * 86_400_000).toISOString().slice(0, 10));
}

/** The days of several integrations added up, on all days of the chart. */
export function addUp(dates: string[], all: Iterable<Day[]>): Day[] {
  const byDate = new Map<string, Day[]>(dates.map((d) => [d, []]));
  for (const days of all) for (const day of days) byDate.get(day.date)?.push(day);
  return dates.map((date) => ({ ...sum(byDate.get(date) ?? []), date }));
}

export type Busy = { integration: Integration; today: Day };

/** Integrations with what they did on a day, the busiest first; quiet ones are left out. */
export function busiest(integrations: Integration[], counters: Map<string, Day[]>, date: string): Busy[] {
  return integrations
    .map((integration) => ({ integration, today: counters.get(integration.id)?.find((d) => d.date === date) ?? nothing }))
    .filter((b) => b.today.attempts + b.today.sleep > 0)
    .sort((a, b) => b.today.attempts + b.today.sleep - a.today.attempts - a.today.sleep);
}

export type Step = { id: string; done: boolean; title: string; text: string; href?: string; action: string };

type State = { kind: 'sandbox' | 'product' | 'organization'; members: number; integrations: number; events: number };

/** What comes next, from what is there. The order is that of the first minutes with a hub. */
export function stepsOf({ kind, members, integrations, events }: State): Step[] {
  const first: Record<State['kind'], Step> = {
    sandbox: { id: 'device', done: members > 0, title: 'Register a device', text: 'It gets an id and a token to publish with. Without one you can still publish from here.', href: '/devices', action: 'To the devices' },
    product: { id: 'device', done: members > 0, title: 'Add devices to the product', text: 'One by one, or a whole list at once.', href: '/devices', action: 'To the devices' },
    organization: { id: 'product', done: members > 0, title: 'Make a product', text: 'A product is a kind of device with its fleet; its events trigger the integrations of the organization.', href: '/products', action: 'To the products' },
  };
  return [
    first[kind],
    { id: 'integration', done: integrations > 0, title: 'Send events to a web service', text: 'Choose one from the gallery, or send them to an address of your own.', href: '/integrations/gallery', action: 'Open the gallery' },
    { id: 'event', done: events > 0, title: 'Publish the first event', text: 'See it come in live, and the path that it takes.', action: 'Publish an event' },
  ];
}
