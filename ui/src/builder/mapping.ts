/**
 * The integration's JSON and how the form sees it. The JSON is the one state:
 * readers show a setting in whichever of the accepted spellings it is, writers
 * change that member and leave all others as and where they are.
 */
import { array, isNull, type Json, type JsonObject, type Member, object, print, text, tryParse } from './json';

/** The settings by their first spelling, in the order in which the hub writes them. */
export const settings = [
  'name', 'integration_type', 'event', 'url', 'requestType', 'deviceID', 'product_ids', 'filter',
  'endpoint', 'api_key', 'hub_name', 'policy_name', 'policy_key', 'device', 'topic', 'service_account',
  'disabled', 'noDefaults', 'json', 'form', 'body', 'query', 'headers', 'auth',
  'secrets', 'signature', 'tls',
  'responseTopic', 'errorResponseTopic', 'responseTemplate',
  'unchunked', 'dataUrlResponseEvent', 'rejectUnauthorized',
  'retry', 'ordering', 'maxPending', 'maxAge',
] as const;

export type Setting = (typeof settings)[number];

/** Spellings that clients use besides the first. */
const others: Record<string, Setting> = {
  eventName: 'event',
  method: 'requestType',
  deviceid: 'deviceID',
  deviceId: 'deviceID',
  responseEvent: 'responseTopic',
  errorResponseEvent: 'errorResponseTopic',
};

/** The setting that a member's name means. */
export function settingOf(key: string): Setting | undefined {
  return others[key] ?? settings.find((s) => s === key);
}

/** The setting that a place such as `headers.X-Key` or `eventName` belongs to. */
export function settingAt(field: string): string {
  const first = /^[^.[]*/.exec(field)?.[0] ?? field;
  return settingOf(first) ?? first;
}

const rank = (key: string): number => {
  const setting = settingOf(key);
  return setting ? settings.indexOf(setting) : -1;
};

/**
 * Where the member stands that counts for a setting, as the hub reads it: null
 * means absent, the first spelling wins over others, and the last of a repeated
 * name over those before.
 */
function placeOf(doc: JsonObject, setting: Setting): number {
  const byKey = new Map<string, number>();
  doc.members.forEach((m, i) => {
    if (settingOf(m.key) === setting) byKey.set(m.key, i);
  });
  for (const [key, i] of byKey) if (isNull(doc.members[i]?.value ?? text(''))) byKey.delete(key);
  return byKey.get(setting) ?? [...byKey.values()][0] ?? -1;
}

/** The value of a setting; undefined = it is not set. */
export function get(doc: JsonObject, setting: Setting): Json | undefined {
  return doc.members[placeOf(doc, setting)]?.value;
}

/** Sets a setting in its place, under the name it has there; undefined removes it. */
export function put(doc: JsonObject, setting: Setting, value: Json | undefined): JsonObject {
  if (!value) return object(doc.members.filter((m) => settingOf(m.key) !== setting || isNull(m.value)));
  const at = placeOf(doc, setting);
  const empty = doc.members.findLastIndex((m) => settingOf(m.key) === setting);
  const place = at >= 0 ? at : empty;
  if (place < 0) return object(insert(doc.members, { key: setting, value }));
  return object(doc.members.map((m, i) => (i === place ? { key: m.key, value } : m)));
}

/** Adds a member behind those that the hub writes before it. */
function insert(members: Member[], added: Member): Member[] {
  const before = members.findLastIndex((m) => rank(m.key) >= 0 && rank(m.key) < rank(added.key));
  return members.toSpliced(before + 1, 0, added);
}

/** A scalar as people read it; undefined = it is none. */
export function asText(value: Json | undefined): string | undefined {
  if (!value) return '';
  if (value.kind === 'string') return value.value;
  return value.kind === 'literal' ? value.text : undefined;
}

export const getText = (doc: JsonObject, setting: Setting): string => asText(get(doc, setting)) ?? '';

/** Sets a text; an empty one removes the setting. */
export function putText(doc: JsonObject, setting: Setting, value: string): JsonObject {
  return put(doc, setting, value === '' ? undefined : text(value));
}

export function getFlag(doc: JsonObject, setting: Setting, absent: boolean): boolean {
  const value = getText(doc, setting).toLowerCase();
  return value === 'true' || (value !== 'false' && absent);
}

/** Sets a flag; the value that it has when absent removes it. */
export function putFlag(doc: JsonObject, setting: Setting, value: boolean, absent: boolean): JsonObject {
  return put(doc, setting, value === absent ? undefined : { kind: 'literal', text: String(value) });
}

/** A value that may be written in a text, as HTML forms send it. */
function unwrapped(value: Json | undefined): Json | undefined {
  if (value?.kind !== 'string') return value;
  const trimmed = value.value.trim();
  if (trimmed === '') return undefined;
  return /^[{[]/.test(trimmed) ? (tryParse(trimmed).value ?? value) : value;
}

/** The members of a setting that holds named values; undefined = it is something else. */
export function getFields(doc: JsonObject, setting: Setting): Member[] | undefined {
  const value = unwrapped(get(doc, setting));
  if (!value) return [];
  return value.kind === 'object' ? value.members : undefined;
}

/** Sets named values; without any the setting goes, unless `keepEmpty`. */
export function putFields(doc: JsonObject, setting: Setting, members: Member[], keepEmpty = false): JsonObject {
  return put(doc, setting, members.length > 0 || keepEmpty ? object(members) : undefined);
}

/** One of the named values of a setting; members may be spelled in several ways, the first is for new ones. */
export function getField(doc: JsonObject, setting: Setting, ...names: string[]): Json | undefined {
  return getFields(doc, setting)?.find((m) => names.includes(m.key) && !isNull(m.value))?.value;
}

export function putField(doc: JsonObject, setting: Setting, names: string[], value: Json | undefined): JsonObject {
  const members = getFields(doc, setting) ?? [];
  const at = members.findIndex((m) => names.includes(m.key));
  if (!value) return putFields(doc, setting, members.filter((m) => !names.includes(m.key)));
  const key = members[at]?.key ?? names[0] ?? '';
  return putFields(doc, setting, at < 0 ? [...members, { key, value }] : members.with(at, { key, value }));
}

/** The texts of a setting that is a list. */
export function getList(doc: JsonObject, setting: Setting): string[] {
  const value = unwrapped(get(doc, setting));
  return value?.kind === 'array' ? value.items.map((v) => asText(v) ?? '') : [];
}

export function putList(doc: JsonObject, setting: Setting, list: string[]): JsonObject {
  return put(doc, setting, list.length > 0 ? array(list.map(text)) : undefined);
}

/** How a value shows in a row of a form: nested ones as compact JSON. */
export function rowText(value: Json): string {
  if (isNull(value)) return '';
  return asText(value) ?? print(value);
}

/** What a person has typed into a row, as the kind of value that stood there. */
export function rowValue(old: Json, typed: string): Json {
  if (old.kind === 'string' || isNull(old)) return text(typed);
  const { value } = tryParse(typed);
  const sameKind = value && (old.kind === 'literal') === (value.kind === 'literal') && value.kind !== 'string';
  return sameKind ? value : text(typed);
}

export type Format = 'json' | 'form' | 'body';
export const formats: Format[] = ['json', 'form', 'body'];

/** The format of the request's body. Without any the hub sends the default fields as a form. */
export function formatOf(doc: JsonObject): Format {
  const set = formats.filter((f) => get(doc, f));
  const first = doc.members.find((m) => set.includes(m.key as Format));
  return (first?.key as Format | undefined) ?? 'form';
}

/** Puts the content of one format in the place of whatever there was. */
export function putFormat(doc: JsonObject, format: Format, content: Json | undefined): JsonObject {
  const present = formats.map((f) => placeOf(doc, f)).filter((i) => i >= 0);
  const place = present.length > 0 ? Math.min(...present) : -1;
  if (place < 0 || !content) {
    const without = formats.reduce((d, f) => put(d, f, undefined), doc);
    return put(without, format, content);
  }
  const members = doc.members.map((m, i) => (i === place ? { key: format, value: content } : m));
  return object(members.filter((m, i) => i === place || !formats.includes(m.key as Format)));
}

/** The settings of a record that the API gave, without what the hub adds. */
export function settingsOf(record: JsonObject): JsonObject {
  const added = ['ok', 'id', 'created_at', 'updated_at', 'hookUrl', 'counters', 'logs', 'products', 'warnings', 'integration', 'webhook', 'today'];
  return object(record.members.filter((m) => !added.includes(m.key) && !(m.key === 'name' && isNull(m.value))));
}

/**
 * What to send to change an integration from one state into another: all that is
 * set, and null for every setting that was and is no more.
 */
export function changeOf(before: JsonObject, after: JsonObject): JsonObject {
  const kept = new Set(after.members.filter((m) => !isNull(m.value)).map((m) => settingOf(m.key) ?? m.key));
  const gone = before.members.map((m) => settingOf(m.key) ?? m.key).filter((key) => !kept.has(key));
  const rest = after.members.filter((m) => !isNull(m.value));
  return object([...rest, ...[...new Set(gone)].map((key): Member => ({ key, value: { kind: 'literal', text: 'null' } }))]);
}
