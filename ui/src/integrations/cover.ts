/** What stands in place of a credential that is covered. */
export const dots = '••••••••';

/** Settings that prove to a web service who is calling; the API hides the same from those who may only look. */
const credentials = new Set(['headers', 'auth', 'signature', 'tls', 'api_key', 'policy_key', 'service_account']);

/** Header fields that give nothing away. */
const harmless = new Set(['content-type', 'accept', 'user-agent', 'content-encoding']);

/**
 * The settings with credentials covered, for a page that somebody else may see.
 * References to secrets stay: `{{{API_KEY}}}` tells nothing. Gives the same
 * object back when there is nothing to cover.
 */
export function cover<T extends Record<string, unknown>>(settings: T): T {
  const entries = Object.entries(settings).map(([key, value]): [string, unknown] => [key, credentials.has(key) ? covered(value) : value]);
  return entries.some(([key, value]) => value !== settings[key]) ? (Object.fromEntries(entries) as T) : settings;
}

function covered(value: unknown): unknown {
  if (typeof value === 'string') return isReference(value) ? value : dots;
  if (Array.isArray(value)) return same(value, value.map(covered));
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).map(([key, v]): [string, unknown] => [key, harmless.has(key.toLowerCase()) ? v : covered(v)]);
  return entries.some(([key, v]) => v !== (value as Record<string, unknown>)[key]) ? Object.fromEntries(entries) : value;
}

function same(old: unknown[], next: unknown[]): unknown[] {
  return next.some((v, i) => v !== old[i]) ? next : old;
}

/** Nothing but variables, a scheme and spaces, such as "Bearer {{{TOKEN}}}". */
function isReference(text: string): boolean {
  return /^\s*((Bearer|Basic|Token|Key)\s+)?(\{\{\{?[^{}]+\}\}\}?\s*)*$/i.test(text);
}
