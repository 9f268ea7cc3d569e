/** The demo's webhook, and what its JSON becomes. */
import type { Mark } from './marks';

export const eventName = 'WebhookDemo01';

/** An open session of the demo's server. */
export type Session = { sessionId: string; url: string; token: string; expiresAt: string };

export type Webhook = {
  name: string;
  integration_type: 'Webhook';
  event: string;
  url: string;
  headers: Record<string, string>;
  noDefaults: true;
  requestType: 'POST';
  body: string;
  responseTopic: string;
  errorResponseTopic: string;
};

/** The integration as it is saved. */
export function webhookOf(session: Session): Webhook {
  return {
    name: 'Interactive webhook demo',
    integration_type: 'Webhook',
    event: eventName,
    url: session.url,
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${session.token}` },
    noDefaults: true,
    requestType: 'POST',
    body: '{ "deviceId":"{{{PARTICLE_DEVICE_ID}}}", "ts":"{{{PARTICLE_PUBLISHED_AT}}}", "sensor":{{{PARTICLE_EVENT_VALUE}}} }',
    responseTopic: '{{{PARTICLE_DEVICE_ID}}}/hook-response/{{{PARTICLE_EVENT_NAME}}}',
    errorResponseTopic: '{{{PARTICLE_DEVICE_ID}}}/hook-error/{{{PARTICLE_EVENT_NAME}}}',
  };
}

type Saved = { id: string; event: string; url?: string | undefined; headers?: unknown };

/** The product's webhook of the demo, if it has one: ours by its event and its target. */
export function findWebhook<T extends Saved>(integrations: T[]): T | undefined {
  return integrations.find((i) => i.event === eventName && i.url?.includes('/demo/hook/'));
}

/** Whether a saved webhook goes to another session, and so nowhere. */
export function isStale(saved: Saved, session: Session): boolean {
  const headers = saved.headers as Record<string, string> | undefined;
  return saved.url !== session.url || headers?.['Authorization'] !== `Bearer ${session.token}`;
}

const variables: Record<string, Mark> = {
  PARTICLE_DEVICE_ID: 'device',
  PARTICLE_PUBLISHED_AT: 'time',
  PARTICLE_EVENT_NAME: 'event',
  PARTICLE_EVENT_VALUE: 'data',
};

export type TemplatePart = { text: string; variable?: Mark };

/** Cuts a text at the template variables that the demo explains. */
export function templateParts(text: string): TemplatePart[] {
  return text
    .split(/(\{\{\{\w+\}\}\})/)
    .filter(Boolean)
    .map((part) => {
      const variable = variables[part.replace(/[{}]/g, '')];
      return variable && part.startsWith('{{{') ? { text: part, variable } : { text: part };
    });
}
