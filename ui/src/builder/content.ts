import { type Json, type JsonObject, object, print, text, tryParse } from './json';
import { asText, type Format, formatOf, get, getFields, getFlag, putFlag, putFormat } from './mapping';

/** The default fields as one would write them oneself. */
const defaults: [string, string][] = [
  ['event', '{{{PARTICLE_EVENT_NAME}}}'],
  ['data', '{{{PARTICLE_EVENT_VALUE}}}'],
  ['coreid', '{{{PARTICLE_DEVICE_ID}}}'],
  ['published_at', '{{{PARTICLE_PUBLISHED_AT}}}'],
];

export const defaultFields = (): JsonObject => object(defaults.map(([key, value]) => ({ key, value: text(value) })));

const isEmpty = (value: Json | undefined) => !value || (value.kind === 'object' && value.members.length === 0);

/** Whether a request carries the default fields and nothing else. */
export function isDefault(doc: JsonObject): boolean {
  return !getFlag(doc, 'noDefaults', false) && formatOf(doc) !== 'body' && isEmpty(get(doc, formatOf(doc)));
}

/** Sends the default fields alone. */
export function toDefault(doc: JsonObject): JsonObject {
  const bare = putFlag(doc, 'noDefaults', false, false);
  return putFormat(bare, formatOf(doc), formatOf(doc) === 'json' ? object() : undefined);
}

/** Writes the default fields out, to be changed. */
export function toCustom(doc: JsonObject): JsonObject {
  return putFlag(putFormat(doc, formatOf(doc), defaultFields()), 'noDefaults', true, false);
}

/** The content of another format that says the same as far as it can be said. */
export function converted(doc: JsonObject, format: Format): Json | undefined {
  const old = get(doc, formatOf(doc));
  if (format === 'body') return text(old ? (asText(old) ?? print(old, true)) : isDefault(doc) ? print(defaultFields(), true) : '');
  if (isEmpty(old)) return format === 'json' ? object() : undefined;
  if (format === 'form') {
    const members = getFields(doc, formatOf(doc));
    return members?.every((m) => asText(m.value) !== undefined) ? object(members) : object();
  }
  const source = old?.kind === 'string' ? tryParse(old.value).value : old;
  return source?.kind === 'object' || source?.kind === 'array' ? source : (old ?? object());
}
