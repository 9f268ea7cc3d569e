import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';

const sources = resolve(import.meta.dirname, '..');

/** The keys of queries that a file spells, with what changes from call to call as `_`. */
function keysIn(source: string): string[] {
  return [...source.matchAll(/(?<!(?:invalidate|remove|cancel|refetch)Queries\(\{ )queryKey: \[([^\]]+)\]/g)].map(([, inside = '']) =>
    inside
      .split(/,(?![^`]*`$)/)
      .map((part) => (/^\s*'[^']*'\s*$/.test(part) ? part.trim() : '_'))
      .join(', '),
  );
}

// A key of two files whose answers differ in shape breaks whichever page comes second.
it('spells the key of a query in one file', () => {
  const places = new Map<string, Set<string>>();
  for (const file of readdirSync(sources, { recursive: true, encoding: 'utf8' })) {
    if (!/\.tsx?$/.test(file) || /\.test\.tsx?$/.test(file)) continue;
    for (const key of keysIn(readFileSync(resolve(sources, file), 'utf8'))) places.set(key, new Set([...(places.get(key) ?? []), file]));
  }
  expect(places.size).toBeGreaterThan(20);
  expect([...places].filter(([, files]) => files.size > 1)).toEqual([]);
});
