import { isOn, type Members, typeText } from './model';

/** A setting for people: one line of text, or several as code. */
export type SettingRow = { key: string; label: string; text: string; /** Several lines, or a template. */ code?: boolean; hint?: string };
export type SettingGroup = { title: string; rows: SettingRow[] };

type Kind = 'sandbox' | 'product' | 'organization';

/**
 * All settings of an integration in groups and in the order of the builder.
 * Nothing is left out: what has no place of its own stands in the last group.
 * The members have the documented names; see canonical.
 */
export function describe(s: Members, kind: Kind): SettingGroup[] {
  const shown = new Set<string>();
  const take = (key: string) => {
    shown.add(key);
    return s[key];
  };
  const type = asText(s['integration_type'] ?? 'Webhook');
  take('integration_type');
  const webhook = type === 'Webhook';
  const groups = [
    trigger(take, kind),
    webhook ? request(take) : service(take, type),
    // Only webhooks and GoogleMaps bring answers back.
    ...(webhook || type === 'GoogleMaps' ? [response(take, kind)] : []),
    delivery(take),
    security(take, webhook),
  ];
  const rest = Object.keys(s)
    .filter((key) => !shown.has(key))
    .map((key) => ({ key, label: key, text: asText(s[key]), code: true }));
  return [...groups, { title: 'Other', rows: rest }].filter((g) => g.rows.length > 0);
}

type Take = (key: string) => unknown;

const is = (value: unknown): boolean => value !== undefined && value !== null && value !== '';

/** A value as it was written: a text as it is, anything else as JSON. */
export function asText(value: unknown): string {
  if (typeof value === 'string') return value;
  return JSON.stringify(value, null, 2) ?? '';
}

/** A row for a setting that is there. */
function row(key: string, label: string, value: unknown, more: Partial<SettingRow> = {}): SettingRow[] {
  return is(value) ? [{ key, label, text: asText(value), ...more }] : [];
}

function trigger(take: Take, kind: Kind): SettingGroup {
  take('name');
  const products = take('product_ids');
  return {
    title: 'Trigger',
    rows: [
      { key: 'event', label: 'Event name', text: asText(take('event')), hint: 'Every event whose name begins with it triggers the integration.' },
      ...(kind === 'sandbox' ? [{ key: 'deviceID', label: 'Device', text: is(take('deviceID')) ? asText(take('deviceID')) : 'Any device' }] : row('deviceID', 'Device', take('deviceID'))),
      ...(kind === 'organization' && Array.isArray(products) ? [] : row('product_ids', 'Products', products)),
      ...row('filter', 'Filter', take('filter'), { code: true }),
      { key: 'disabled', label: 'Status', text: isOn(take('disabled')) ? 'Disabled' : 'Enabled' },
    ],
  };
}

const formats: [key: string, label: string][] = [
  ['json', 'JSON'],
  ['form', 'Web form'],
  ['body', 'Custom body'],
];

/** The members of types other than Webhook. */
function service(take: Take, type: string): SettingGroup {
  const members: [key: string, label: string][] = [
    ['endpoint', 'Endpoint'],
    ['hub_name', 'Hub name'],
    ['policy_name', 'Policy name'],
    ['policy_key', 'Policy key'],
    ['device', 'Device'],
    ['topic', 'Topic'],
    ['api_key', 'API key'],
    ['service_account', 'Service account'],
  ];
  return { title: 'Service', rows: [{ key: 'integration_type', label: 'Type', text: typeText(type) }, ...members.flatMap(([key, label]) => row(key, label, take(key), { code: true }))] };
}

function request(take: Take): SettingGroup {
  const format = formats.map(([key, label]) => ({ key, label, value: take(key) })).find((f) => f.value !== undefined && f.value !== null);
  const method = take('requestType');
  const defaults = !isOn(take('noDefaults'));
  return {
    title: 'Request',
    rows: [
      { key: 'url', label: 'URL', text: asText(take('url')), code: true },
      { key: 'requestType', label: 'Request type', text: is(method) ? asText(method) : 'POST' },
      { key: 'format', label: 'Request format', text: format?.label ?? (method === 'GET' ? 'Query string' : 'Web form') },
      { key: 'noDefaults', label: 'Data fields', text: format?.key === 'body' ? 'Custom' : defaults ? 'Default: event, data, published_at, coreid' : 'Custom' },
      ...(format ? row(format.key, format.label, format.value, { code: true }) : []),
      ...row('query', 'Query parameters', take('query'), { code: true }),
      ...row('headers', 'HTTP headers', take('headers'), { code: true }),
      ...row('auth', 'Authentication', take('auth'), { code: true }),
    ],
  };
}

/** Topics that answers have when the integration names none. */
export const defaultTopics = {
  sandbox: { response: 'hook-response/{{PARTICLE_EVENT_NAME}}', error: 'hook-error/{{PARTICLE_EVENT_NAME}}' },
  product: { response: '{{PARTICLE_DEVICE_ID}}/hook-response/{{PARTICLE_EVENT_NAME}}', error: '{{PARTICLE_DEVICE_ID}}/hook-error/{{PARTICLE_EVENT_NAME}}' },
};

/** The topics of an integration: its own or the defaults of its scope; "" = no events. */
export function topicsOf(s: Members, kind: Kind): { response: string; error: string } {
  const defaults = defaultTopics[kind === 'sandbox' ? 'sandbox' : 'product'];
  const own = (key: string, otherwise: string) => (typeof s[key] === 'string' ? s[key] : otherwise);
  return { response: own('responseTopic', defaults.response), error: own('errorResponseTopic', defaults.error) };
}

function response(take: Take, kind: Kind): SettingGroup {
  const topics = topicsOf({ responseTopic: take('responseTopic'), errorResponseTopic: take('errorResponseTopic') }, kind);
  const topic = (text: string) => (text === '' ? 'None: no event is published' : text);
  return {
    title: 'Response',
    rows: [
      { key: 'responseTopic', label: 'Response topic', text: topic(topics.response), code: topics.response !== '' },
      { key: 'errorResponseTopic', label: 'Error response topic', text: topic(topics.error), code: topics.error !== '' },
      ...row('responseTemplate', 'Response template', take('responseTemplate'), { code: true }),
      { key: 'unchunked', label: 'Parts', text: isOn(take('unchunked')) ? 'One event, however long' : 'Parts of 512 bytes' },
      ...(isOn(take('dataUrlResponseEvent')) ? row('dataUrlResponseEvent', 'Encoding', 'Data URL') : []),
    ],
  };
}

const policies: Record<string, string> = {
  none: 'None: one attempt',
  skipped: 'Skipped: what the throttle held back is tried again after 30 s and 60 s',
  failed: 'Failed: repeated with growing waits until it succeeds',
};

function delivery(take: Take): SettingGroup {
  const retry = take('retry');
  const policy = typeof retry === 'string' ? retry : retry && typeof retry === 'object' && 'policy' in retry ? asText(retry.policy) : '';
  const bounds = retry && typeof retry === 'object' ? Object.entries(retry).filter(([key]) => key !== 'policy') : [];
  const limits = bounds.map(([key, value]) => `${key} ${asText(value)}`).join(', ');
  return {
    title: 'Delivery',
    rows: [
      { key: 'retry', label: 'Retry', text: policy ? `${policies[policy] ?? policy}${limits ? ` (${limits})` : ''}` : "The hub's default" },
      { key: 'ordering', label: 'Ordering', text: take('ordering') === 'device' ? 'Events of one device wait for each other' : 'None: events do not wait for each other' },
      ...row('maxPending', 'Unfinished deliveries, at most', take('maxPending')),
      ...row('maxAge', 'Wait for the first attempt, at most', take('maxAge')),
    ],
  };
}

const enforce = (verify: unknown): SettingRow => ({
  key: 'rejectUnauthorized',
  label: 'Enforce SSL',
  text: verify === false || verify === 'false' ? 'No: certificates are not verified' : 'Yes: certificates are verified',
});

function security(take: Take, webhook: boolean): SettingGroup {
  const verify = take('rejectUnauthorized');
  const secrets = take('secrets');
  return {
    title: 'Security',
    rows: [
      ...(webhook || is(verify) ? [enforce(verify)] : []),
      ...row('secrets', 'Secrets', Array.isArray(secrets) ? secrets.join(', ') : secrets),
      ...row('signature', 'Signature', take('signature'), { code: true }),
      ...row('tls', 'TLS', take('tls'), { code: true }),
    ],
  };
}
