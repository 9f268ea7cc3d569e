/** A value of JSON, or a text where the body is none, as a row of a table: "sensor.id" → "7". */
export function flatten(text: string): Record<string, string> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { body: text };
  }
  const row: Record<string, string> = {};
  fill(row, '', value);
  return row;
}

function fill(row: Record<string, string>, path: string, value: unknown) {
  const inner = value !== null && typeof value === 'object' ? Object.entries(value) : [];
  if (inner.length === 0) {
    row[path || 'body'] = typeof value === 'string' ? value : JSON.stringify(value);
    return;
  }
  for (const [key, v] of inner) fill(row, path ? `${path}.${key}` : key, v);
}

/** The columns of all rows, in the order in which they came up. */
export function columnsOf(rows: Record<string, string>[]): string[] {
  return [...new Set(rows.flatMap((row) => Object.keys(row)))];
}
