import { array, type Json, type JsonObject, literal, object, text, tryParse } from './json';
import { asText, getField, putField } from './mapping';

/** A condition on the event's data. `value` is what a person sees; `quoted` tells text from numbers, true and false. */
export type Condition = { path: string; op: string; value: string; quoted: boolean };

export const operators: { value: string; label: string }[] = [
  { value: '=', label: 'is' },
  { value: '!=', label: 'is not' },
  { value: '>', label: 'is more than' },
  { value: '>=', label: 'is at least' },
  { value: '<', label: 'is less than' },
  { value: '<=', label: 'is at most' },
  { value: 'contains', label: 'contains' },
  { value: 'startsWith', label: 'begins with' },
  { value: 'exists', label: 'is there' },
];

/** The conditions on data; undefined = something that rows cannot show. */
export function getConditions(doc: JsonObject): Condition[] | undefined {
  const value = getField(doc, 'filter', 'data');
  if (!value) return [];
  const all = value.kind === 'array' ? value.items.map(conditionOf) : [undefined];
  return all.every((c) => c !== undefined) ? all : undefined;
}

function conditionOf(value: Json): Condition | undefined {
  if (value.kind !== 'object' || value.members.some((m) => !['path', 'op', 'value'].includes(m.key) || asText(m.value) === undefined)) return undefined;
  const part = (key: string) => value.members.find((m) => m.key === key)?.value;
  return { path: asText(part('path')) ?? '', op: asText(part('op')) ?? '=', value: asText(part('value')) ?? '', quoted: part('value')?.kind === 'string' };
}

export function putConditions(doc: JsonObject, all: Condition[]): JsonObject {
  return putField(doc, 'filter', ['data'], all.length > 0 ? array(all.map(jsonOf)) : undefined);
}

function jsonOf({ path, op, value, quoted }: Condition): Json {
  return object([
    { key: 'path', value: text(path) },
    { key: 'op', value: text(op) },
    { key: 'value', value: valueOf(op, value, quoted) },
  ]);
}

function valueOf(op: string, value: string, quoted: boolean): Json {
  if (op === 'exists') return literal(value !== 'false');
  const parsed = quoted || op === 'contains' || op === 'startsWith' ? undefined : tryParse(value).value;
  return parsed?.kind === 'literal' ? parsed : text(value);
}

/** A condition after something was typed: what looks like a number is one, unless it was text before. */
export function typedValue(c: Condition, value: string): Condition {
  const number = tryParse(value).value?.kind === 'literal';
  return { ...c, value, quoted: !number || (c.quoted && tryParse(c.value).value?.kind === 'literal') };
}
