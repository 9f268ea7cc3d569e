/**
 * JSON that loses nothing: members keep their order, also those with numbers for
 * names, names may repeat, and numbers stay as they were written. What the
 * browser's own JSON.parse makes of a text is not what another writer meant.
 */
export type Json = JsonObject | JsonArray | JsonString | JsonLiteral;
export type Member = { key: string; value: Json };
export type JsonObject = { kind: 'object'; members: Member[] };
export type JsonArray = { kind: 'array'; items: Json[] };
export type JsonString = { kind: 'string'; value: string };
/** A number, true, false or null, as written. */
export type JsonLiteral = { kind: 'literal'; text: string };

export const text = (value: string): JsonString => ({ kind: 'string', value });
export const literal = (value: number | boolean | null): JsonLiteral => ({ kind: 'literal', text: String(value) });
export const object = (members: Member[] = []): JsonObject => ({ kind: 'object', members });
export const array = (items: Json[] = []): JsonArray => ({ kind: 'array', items });
export const isNull = (value: Json): boolean => value.kind === 'literal' && value.text === 'null';

/** What is wrong with a text, and where: `at` counts characters, line and column from 1. */
export class JsonFault extends Error {
  readonly line: number;
  readonly column: number;
  constructor(
    message: string,
    source: string,
    readonly at: number,
  ) {
    const before = source.slice(0, at).split('\n');
    const line = before.length;
    const column = (before[line - 1] ?? '').length + 1;
    super(`Line ${line}, column ${column}: ${message}`);
    this.line = line;
    this.column = column;
  }
}

const deepest = 200;
const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const word = /true|false|null/y;
// Up to the closing quote; a control character ends it without one.
const quoted = /"(?:[^"\\\u0000-\u001f]|\\.)*"/y;

/** Reads a text. Throws a JsonFault. */
export function parse(source: string): Json {
  let at = source.startsWith('\uFEFF') ? 1 : 0;
  const fail = (message: string, where = at): never => {
    throw new JsonFault(message, source, where);
  };
  const space = () => {
    while (/[ \t\r\n]/.test(source.charAt(at))) at++;
  };
  const taken = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const found = pattern.exec(source)?.[0];
    if (found !== undefined) at += found.length;
    return found;
  };
  const eat = (char: string): boolean => {
    space();
    if (source.charAt(at) !== char) return false;
    at++;
    return true;
  };
  const string = (): string => {
    const begin = at;
    const raw = taken(quoted);
    if (raw === undefined) return fail('this text has no closing quote on its line.');
    try {
      return JSON.parse(raw) as string;
    } catch {
      return fail('this text holds an escape that JSON does not have.', begin);
    }
  };
  const objectAt = (depth: number): Json => {
    const members: Member[] = [];
    if (eat('}')) return object(members);
    do {
      space();
      if (source.charAt(at) !== '"') fail(source.startsWith('{{', at - 1) ? unquoted : 'a name in double quotes is expected here.', source.startsWith('{{', at - 1) ? at - 1 : at);
      const key = string();
      if (!eat(':')) fail('a colon is expected behind the name.');
      members.push({ key, value: value(depth + 1) });
    } while (eat(','));
    if (!eat('}')) fail('a comma or a closing brace is expected here.');
    return object(members);
  };
  const arrayAt = (depth: number): Json => {
    const items: Json[] = [];
    if (eat(']')) return array(items);
    do items.push(value(depth + 1));
    while (eat(','));
    if (!eat(']')) fail('a comma or a closing bracket is expected here.');
    return array(items);
  };
  const value = (depth: number): Json => {
    if (depth > deepest) fail(`this is nested more than ${deepest} levels deep.`);
    space();
    if (source.charAt(at) === '"') return { kind: 'string', value: string() };
    if (eat('{')) return objectAt(depth);
    if (eat('[')) return arrayAt(depth);
    const written = taken(number) ?? taken(word);
    if (written === undefined) return fail(at >= source.length ? 'the text ends too early.' : 'a value is expected here.');
    return { kind: 'literal', text: written };
  };
  const result = value(0);
  space();
  if (at < source.length) fail('nothing more is expected here.');
  return result;
}

const unquoted = 'a variable stands outside of quotes.';

/** Reads a text that may be no JSON. */
export function tryParse(source: string): { value: Json; fault?: undefined } | { value?: undefined; fault: JsonFault } {
  try {
    return { value: parse(source) };
  } catch (error) {
    if (error instanceof JsonFault) return { fault: error };
    throw error;
  }
}

/** Writes a value, compact or with two spaces for each level. */
export function print(value: Json, indented = false, level = 0): string {
  switch (value.kind) {
    case 'string':
      return JSON.stringify(value.value);
    case 'literal':
      return value.text;
    case 'array':
      return block('[', ']', value.items.map((v) => print(v, indented, level + 1)), indented, level);
    case 'object': {
      const colon = indented ? ': ' : ':';
      return block('{', '}', value.members.map((m) => JSON.stringify(m.key) + colon + print(m.value, indented, level + 1)), indented, level);
    }
  }
}

function block(open: string, close: string, parts: string[], indented: boolean, level: number): string {
  if (parts.length === 0 || !indented) return open + parts.join(',') + close;
  const margin = '\n' + '  '.repeat(level + 1);
  return open + margin + parts.join(',' + margin) + '\n' + '  '.repeat(level) + close;
}

/** Any value of the program's as Json. */
export function from(value: unknown): Json {
  return parse(JSON.stringify(value ?? null));
}
