/** Deeper nesting is not laid out: its margins would be far longer than the text. */
const deepest = 100;

/** JSON objects and arrays with line breaks; anything else as it is. Numbers keep their digits. */
export function pretty(text: string): string {
  const trimmed = text.trim();
  if (!/^[[{]/.test(trimmed)) return text;
  try {
    JSON.parse(trimmed);
  } catch {
    return text;
  }
  return indented(trimmed) ?? text;
}

/**
 * Lays out valid JSON token by token: parsing and writing it again would change
 * long numbers and repeated keys. undefined = it is nested too deep.
 */
function indented(json: string): string | undefined {
  const parts: string[] = [];
  let depth = 0;
  let last = '';
  for (const [token] of json.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{},:]|[^\s[\]{},:"]+/g)) {
    const opened = last === '{' || last === '[';
    const closes = token === '}' || token === ']';
    if (closes) depth--;
    if (closes ? !opened : opened || last === ',') parts.push(`\n${'  '.repeat(depth)}`);
    parts.push(token === ':' ? ': ' : token);
    if (token === '{' || token === '[') depth++;
    if (depth > deepest) return undefined;
    last = token;
  }
  return parts.join('');
}
