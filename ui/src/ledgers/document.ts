import { type Json, parse, print, tryParse } from '../builder/json';

/** What an instance may hold. */
export const mostBytes = 16_384;

export type Checked = { json?: Json; bytes: number; fault?: { at: number; message: string } };

/** Looks a document over: JSON, an object, and no longer than the hub takes. */
export function check(text: string): Checked {
  const { value, fault } = tryParse(text);
  if (fault) return { bytes: 0, fault: { at: fault.at, message: fault.message } };
  const bytes = new TextEncoder().encode(print(value)).length;
  if (value.kind !== 'object') return { bytes, fault: { at: 0, message: 'An instance holds a JSON object: {"member": …}' } };
  if (bytes > mostBytes) return { bytes, fault: { at: 0, message: `At most ${mostBytes.toLocaleString()} bytes as compact JSON` } };
  return { json: value, bytes };
}

/** The document in lines, for reading. Numbers and the order of members stay as they are. */
export function pretty(value: Json): string {
  return print(value, true);
}

/** The body that sets an instance. */
export function bodyOf(document: Json): string {
  return `{"instance":{"data":${print(document)}}}`;
}

/** An instance in an answer of the hub, with its data just as it was sent. */
export type Instance = { version: number; data: Json; updated: string; /** Of the device or product. */ name: string };

/** Reads the answer about one instance. */
export function instanceOf(text: string): Instance {
  const instance = member(parse(text), 'instance');
  return readInstance(instance);
}

/** Reads the answer about earlier versions. */
export function versionsOf(text: string): { versions: Instance[]; more: boolean } {
  const answer = parse(text);
  const list = member(answer, 'versions');
  const more = member(member(answer, 'meta'), 'has_more');
  return { versions: list?.kind === 'array' ? list.items.map(readInstance) : [], more: more?.kind === 'literal' && more.text === 'true' };
}

function readInstance(instance: Json | undefined): Instance {
  const version = member(instance, 'version');
  const updated = member(instance, 'updated_at');
  const name = member(member(instance, 'scope'), 'name');
  return {
    version: version?.kind === 'literal' ? Number(version.text) : 0,
    data: member(instance, 'data') ?? { kind: 'object', members: [] },
    updated: updated?.kind === 'string' ? updated.value : '',
    name: name?.kind === 'string' ? name.value : '',
  };
}

function member(value: Json | undefined, key: string): Json | undefined {
  return value?.kind === 'object' ? value.members.find((m) => m.key === key)?.value : undefined;
}

/** The tags by which a template reads a document: its outer members, and those inside them. */
export function tagsOf(ledger: string, document: Json, most = 12): string[] {
  const paths: string[] = [];
  const walk = (value: Json, path: string) => {
    if (value.kind === 'object') for (const m of value.members) walk(m.value, `${path}.${m.key}`);
    else if (paths.length < most) paths.push(path);
  };
  walk(document, `LEDGER.${ledger}`);
  return paths.map((p) => `{{{${p}}}}`);
}
