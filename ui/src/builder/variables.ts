/** A variable of the template language, and what it becomes. */
export type Variable = { name: string; meaning: string };

/** What every event brings, by the names that templates know. */
export const predefined: Variable[] = [
  { name: 'PARTICLE_EVENT_VALUE', meaning: 'The data of the event, as it was published' },
  { name: 'PARTICLE_EVENT_NAME', meaning: 'The name of the event' },
  { name: 'PARTICLE_DEVICE_ID', meaning: 'The id of the device, or api' },
  { name: 'PARTICLE_PUBLISHED_AT', meaning: 'When the hub received the event, in UTC' },
  { name: 'PARTICLE_EVENT_ID', meaning: 'An id that no other event has' },
  { name: 'PARTICLE_EVENT_JSON', meaning: 'The whole event as JSON' },
  { name: 'PARTICLE_EVENT_BASE64', meaning: 'The same in base64' },
];

/** What events of a product bring besides. */
export const ofProducts: Variable[] = [
  { name: 'PRODUCT_ID', meaning: 'The number of the product' },
  { name: 'PRODUCT_USER_ID', meaning: 'The id of whoever owns the device' },
  { name: 'PRODUCT_VERSION', meaning: 'The firmware version of the product' },
];

/** A tag that writes the value as it is. */
export const tag = (name: string): string => `{{{${name}}}}`;

const escaped = /(?<!\{)\{\{\s*([\w][\w.-]*)\s*\}\}(?!\})/g;

/** Makes tags that escape their values for HTML write them as they are. */
export function unescaped(source: string): string {
  return source.replace(escaped, (_, name: string) => tag(name));
}

/** The variables that the members of JSON data give, such as `gps.lat` or `list.0`, at most `most`. */
export function membersOf(data: string, most = 40): string[] {
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch {
    return [];
  }
  const names: string[] = [];
  const visit = (v: unknown, path: string) => {
    if (names.length >= most) return;
    if (typeof v !== 'object' || v === null) {
      if (path) names.push(path);
      return;
    }
    for (const [key, member] of Object.entries(v)) {
      // A name with a dot in it cannot be reached by a tag.
      if (/^[^\s.{}]+$/.test(key)) visit(member, path ? `${path}.${key}` : key);
    }
  };
  visit(value, '');
  return names;
}
