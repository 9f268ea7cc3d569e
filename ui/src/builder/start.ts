import { type JsonObject, object, text } from './json';
import { getText, put, settingsOf } from './mapping';
import { docOf } from './state';

/** A new webhook, for an event if one is named. */
export function blank(event = ''): JsonObject {
  return object([
    { key: 'integration_type', value: text('Webhook') },
    { key: 'event', value: text(event) },
    { key: 'url', value: text('') },
    { key: 'requestType', value: text('POST') },
  ]);
}

/** The settings in an answer of the API about one integration. */
export function settingsIn(answer: string): JsonObject {
  const whole = docOf(answer);
  const inner = whole.members.find((m) => m.key === 'integration')?.value;
  return settingsOf(inner?.kind === 'object' ? inner : whole);
}

/** A copy tells itself from the original by its name. */
export function copyOf(doc: JsonObject): JsonObject {
  const name = getText(doc, 'name');
  return put(doc, 'name', text(name ? `${name} (copy)` : 'Copy'));
}
