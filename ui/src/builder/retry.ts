import { type Json, type JsonObject, object, text, tryParse } from './json';
import { asText, get, put } from './mapping';

export type Policy = '' | 'none' | 'skipped' | 'failed';
export type Retry = { policy: Policy; maxAge: string; maxAttempts: string };

function membersOf(value: Json | undefined) {
  const inside = value?.kind === 'string' && value.value.trim().startsWith('{') ? tryParse(value.value).value : value;
  return inside?.kind === 'object' ? inside.members : undefined;
}

/** What is repeated, and within which bounds; '' = as the hub is set. */
export function getRetry(doc: JsonObject): Retry {
  const value = get(doc, 'retry');
  const members = membersOf(value);
  if (!members) return { policy: (asText(value) ?? '') as Policy, maxAge: '', maxAttempts: '' };
  const part = (key: string) => asText(members.find((m) => m.key === key)?.value) ?? '';
  return { policy: part('policy') as Policy, maxAge: part('maxAge'), maxAttempts: part('maxAttempts') };
}

/** Sets it; bounds are for `failed` alone. Other members of the object stay. */
export function putRetry(doc: JsonObject, { policy, maxAge, maxAttempts }: Retry): JsonObject {
  if (!policy) return put(doc, 'retry', undefined);
  const bounded = policy === 'failed' && (maxAge !== '' || maxAttempts !== '');
  if (!bounded) return put(doc, 'retry', text(policy));
  const others = (membersOf(get(doc, 'retry')) ?? []).filter((m) => !['policy', 'maxAge', 'maxAttempts'].includes(m.key));
  const attempts: Json = /^[1-9]\d*$/.test(maxAttempts) ? { kind: 'literal', text: maxAttempts } : text(maxAttempts);
  return put(
    doc,
    'retry',
    object([
      { key: 'policy', value: text(policy) },
      ...(maxAge ? [{ key: 'maxAge', value: text(maxAge) }] : []),
      ...(maxAttempts ? [{ key: 'maxAttempts', value: attempts }] : []),
      ...others,
    ]),
  );
}
