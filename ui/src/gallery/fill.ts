import { array, type Json, type JsonObject, type Member, object, print, text } from '../builder/json';
import type { Schemas } from '../api/types';

type Param = Pick<Schemas['GalleryParam'], 'key' | 'label' | 'required'> & { secret?: boolean; default?: string };

const place = /<<([A-Z][A-Z0-9_]*)>>/g;
const wholePlace = /^<<([A-Z][A-Z0-9_]*)>>$/;
const secretReference = /^\{\{\{ *([A-Z_][A-Z0-9_]*) *\}\}\}$/;

/** The value that counts: without white space around it, or the default. */
const valueOf = (p: Param, values: Record<string, string>) => values[p.key]?.trim() || p.default || '';

/** The required parameters that have no value. */
export function missing(params: Param[], values: Record<string, string>): Param[] {
  return params.filter((p) => p.required && valueOf(p, values) === '');
}

/**
 * Puts values into the template of an entry of the gallery, by the rules that the
 * hub follows too (docs/gallery.md).
 */
export function fill(template: JsonObject, params: Param[], values: Record<string, string>): JsonObject {
  const all = new Map(params.map((p) => [p.key, valueOf(p, values)]));
  const filled = object(template.members.filter((m) => m.key !== 'secrets').flatMap((m) => member(m, all, m.key === 'json' && m.value.kind === 'string')));
  const references = params.filter((p) => p.secret).map((p) => secretReference.exec(all.get(p.key) ?? '')?.[1] ?? '');
  const chosen = template.members.find((m) => m.key === 'secrets')?.value;
  const own = chosen?.kind === 'array' ? chosen.items.map((v) => (v.kind === 'string' ? v.value : '')) : [];
  const secrets = [...new Set([...own, ...references])].filter(Boolean);
  return secrets.length === 0 ? filled : object([...filled.members, { key: 'secrets', value: array(secrets.map(text)) }]);
}

type Values = Map<string, string>;

function member(m: Member, values: Values, inText = false): Member[] {
  return leftOut(m.value, values) ? [] : [{ key: put(m.key, values), value: walk(m.value, values, inText) }];
}

/** A value that is nothing but one place goes when the place stays empty. */
function leftOut(value: Json, values: Values): boolean {
  const key = value.kind === 'string' && wholePlace.exec(value.value)?.[1];
  return key ? !values.get(key) : false;
}

function walk(value: Json, values: Values, inText: boolean): Json {
  switch (value.kind) {
    case 'string':
      return text(put(value.value, values, inText));
    case 'array':
      return array(value.items.filter((v) => !leftOut(v, values)).map((v) => walk(v, values, false)));
    case 'object':
      return object(value.members.flatMap((m) => member(m, values)));
    default:
      return value;
  }
}

function put(source: string, values: Values, inText = false): string {
  return source.replace(place, (_, key: string) => {
    const value = values.get(key) ?? '';
    return inText ? print(text(value)).slice(1, -1) : value;
  });
}
