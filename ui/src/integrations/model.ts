import type { Day, Integration, Product, Schemas } from '../api/types';

/**
 * The settings of an integration under the names that the documents give them.
 * Other spellings that clients use mean the same; see the API's description.
 */
const spellings: Record<string, string> = {
  eventName: 'event',
  method: 'requestType',
  deviceid: 'deviceID',
  deviceId: 'deviceID',
  responseEvent: 'responseTopic',
  errorResponseEvent: 'errorResponseTopic',
};

export type Members = Record<string, unknown>;

/** Members that the hub adds to the settings. */
const added = new Set(['ok', 'id', 'created_at', 'updated_at', 'hookUrl', 'counters', 'logs', 'products', 'warnings', 'integration', 'webhook', 'today']);

/** What was saved, without what the hub adds: what one would paste elsewhere. */
export function settingsOf(integration: Integration | Schemas['IntegrationDetails']): Members {
  return Object.fromEntries(Object.entries(integration).filter(([key]) => !added.has(key)));
}

/** The same under the documented names. */
export function canonical(settings: Members): Members {
  return Object.fromEntries(Object.entries(settings).map(([key, value]) => [spellings[key] ?? key, value]));
}

/** true and false may be texts. */
export const isOn = (value: unknown): boolean => value === true || value === 'true';

type Target = Pick<Integration, 'url' | 'endpoint' | 'hub_name' | 'integration_type'>;
type Named = Target & Pick<Integration, 'name' | 'event'>;

/** Where requests go: the URL of a webhook, or the service that its type stands for. */
export function urlOf({ url, endpoint, hub_name, integration_type: type }: Target): string {
  if (endpoint || url) return endpoint || url || '';
  if (type === 'GoogleMaps') return 'https://www.googleapis.com';
  if (type === 'GoogleCloudPubSub') return 'https://pubsub.googleapis.com';
  return type === 'AzureIotHub' && hub_name ? `https://${hub_name}.azure-devices.net` : '';
}

/** The beginning of the names of events that trigger it. */
export const eventOf = (i: Pick<Integration, 'event' | 'integration_type'>): string => i.event || (i.integration_type === 'GoogleMaps' ? 'deviceLocator' : '');

/** What people know an integration by: its name, or its event and part of its URL. */
export function titleOf(i: Named): string {
  return i.name || `${eventOf(i) || 'every event'} to ${hostOf(urlOf(i)) || 'nowhere'}`;
}

const types: Record<string, string> = { Webhook: 'Webhook', GoogleMaps: 'Google Maps', AzureIotHub: 'Azure IoT Hub', GoogleCloudPubSub: 'Google Cloud Pub/Sub' };

/** The type of an integration for people. */
export const typeText = (type: string): string => types[type] ?? type;

/** Host of a URL that may hold template variables. */
export function hostOf(url: string | undefined): string {
  return /^[a-z]+:\/\/(?:[^/?#@]*@)?([^/?#]*)/i.exec(url ?? '')?.[1] ?? '';
}

/** The host as the throttle knows it: lower case, no port. */
export const hostName = (url: string | undefined): string => hostOf(url).replace(/:\d+$/, '').toLowerCase();

export const nothing: Day = {
  date: '',
  attempts: 0,
  success: 0,
  error: 0,
  timeout: 0,
  sleep: 0,
  retries: 0,
  tests: 0,
  dropped: 0,
  dead_letters: 0,
  latency_ms: { p50: 0, p95: 0, p99: 0, max: 0 },
};

/** Sum of days; latencies are left out, because they have no sum. */
export function sum(days: Day[]): Day {
  return days.reduce(
    (all, day) => ({
      ...all,
      attempts: all.attempts + day.attempts,
      success: all.success + day.success,
      error: all.error + day.error,
      timeout: all.timeout + day.timeout,
      sleep: all.sleep + day.sleep,
      retries: all.retries + day.retries,
      tests: all.tests + day.tests,
      dropped: all.dropped + day.dropped,
      dead_letters: all.dead_letters + day.dead_letters,
    }),
    nothing,
  );
}

/** Puts the days on which there was something onto all days that the chart has. */
export function onDays(dates: string[], days: Day[]): Day[] {
  const known = new Map(days.map((d) => [d.date, d]));
  return dates.map((date) => known.get(date) ?? { ...nothing, date });
}

/** Share of attempts that succeeded, 0 to 1; undefined when nothing was attempted. */
export function successRate(day: Pick<Day, 'attempts' | 'success'>): number | undefined {
  return day.attempts ? day.success / day.attempts : undefined;
}

const percents = new Intl.NumberFormat(undefined, { style: 'percent', maximumFractionDigits: 1 });

/** A share for people. What is not everything is never shown as 100 %. */
export function percent(share: number | undefined): string {
  if (share === undefined) return '–';
  if (share < 1 && share > 0.999) return percents.format(0.999);
  return percents.format(share);
}

/** How many of the days on the left are made up for show; 0 where nothing was made up. */
export function sampleDays(days: Pick<Day, 'date' | 'attempts' | 'sleep'>[], until: string | null | undefined): number {
  const made = until ? days.filter((d) => d.date < until) : [];
  return made.some((d) => d.attempts + d.sleep > 0) ? made.length : 0;
}

/** "98.2% of 1,204 attempts", or that there was none. */
export function successText(day: Pick<Day, 'attempts' | 'success'>): string {
  if (!day.attempts) return 'no attempt yet';
  return `${percent(successRate(day))} of ${day.attempts.toLocaleString()} ${day.attempts === 1 ? 'attempt' : 'attempts'}`;
}

/** Whether everything that is looked for stands in what people see of an integration. */
export function matches(integration: Integration, search: string): boolean {
  const text = [integration.name, integration.event, integration.url, integration.integration_type, integration.id].join(' ').toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

export type Show = 'all' | 'on' | 'off' | 'failing' | 'sleeping';

/** State of an integration in a list. */
export type Row = { integration: Integration; today: Day; host: Schemas['Host'] | undefined };

export function shows(row: Row, show: Show): boolean {
  const off = isOn(row.integration.disabled);
  switch (show) {
    case 'on':
      return !off;
    case 'off':
      return off;
    case 'failing':
      return row.today.error > 0;
    case 'sleeping':
      return row.host?.state === 'sleeping';
    case 'all':
      return true;
  }
}

/** "one product", "3 products". */
export function productsText(integration: Integration): string {
  const n = integration.product_ids?.length ?? 0;
  return n === 1 ? 'one product' : n === 0 ? 'no product' : `${n} products`;
}

/** Name of a product that an integration lists, or its number when it is not known. */
export function productName(products: Product[], id: number): string {
  return products.find((p) => p.id === id)?.name ?? `Product ${id}`;
}
