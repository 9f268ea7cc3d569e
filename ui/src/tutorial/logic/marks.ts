/** Values that are followed through all steps, each in a colour of its own. */
export type Mark = 'device' | 'event' | 'time' | 'data' | 'id' | 't';

export const markNames: Record<Mark, string> = {
  device: 'Device id',
  event: 'Event name',
  time: 'Time of the event',
  data: 'Event data',
  id: 'id in the data',
  t: 't in the data',
};

export type Values = Partial<Record<Mark, string>>;

export type Part = { text: string; mark?: Mark };

const word = /[\p{L}\p{N}_]/u;

/**
 * Cuts a text where one of the values stands in it as a whole: 25 is not found
 * in 1250, 25.5 or 2025. The longest value wins.
 */
export function partsOf(text: string, values: Values): Part[] {
  const wanted = (Object.entries(values) as [Mark, string][]).filter(([mark, v]) => v !== '' && mark !== 'data').sort((a, b) => b[1].length - a[1].length);
  const parts: Part[] = [];
  let plain = 0;
  for (let at = 0; at < text.length; ) {
    const found = wanted.find(([, v]) => text.startsWith(v, at) && stands(text, at, v.length));
    if (!found) {
      at += 1;
      continue;
    }
    if (at > plain) parts.push({ text: text.slice(plain, at) });
    parts.push({ text: found[1], mark: found[0] });
    at += found[1].length;
    plain = at;
  }
  if (plain < text.length) parts.push({ text: text.slice(plain) });
  return parts;
}

/** Whether nothing beside it makes it a part of something longer. */
function stands(text: string, at: number, length: number): boolean {
  const before = text.slice(Math.max(0, at - 2), at);
  const after = text.slice(at + length, at + length + 2);
  if (word.test(before.at(-1) ?? '') || word.test(after[0] ?? '')) return false;
  const number = /^-?\d/.test(text.slice(at, at + length));
  return !number || (!/[.-]$|\d:$/.test(before) && !/^[.:-]\d/.test(after));
}
