import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { docOf } from '../builder/state';
import { from, type JsonObject, parse, print } from '../builder/json';
import { fill, missing } from './fill';

type Case = { name: string; params: { key: string; label: string; required: boolean; secret?: boolean; default?: string }[]; template: unknown; values: Record<string, string>; settings?: unknown; error?: string };

/** The cases that the hub's own filling is held to. */
const cases = JSON.parse(readFileSync(resolve(import.meta.dirname, '../../../internal/gallery/testdata/fill.json'), 'utf8')) as Case[];

describe('fill', () => {
  for (const c of cases.filter((c) => c.settings !== undefined)) {
    it(c.name, () => {
      expect(print(fill(from(c.template) as JsonObject, c.params, c.values))).toBe(print(from(c.settings)));
    });
  }

  it('names what is missing', () => {
    expect(missing([{ key: 'A', label: 'A', required: true }, { key: 'B', label: 'B', required: true, default: 'b' }, { key: 'C', label: 'C', required: false }], { A: ' ' }).map((p) => p.key)).toEqual(['A']);
  });

  it('fills real entries to what the builder can read', () => {
    const manifest = readFileSync(resolve(import.meta.dirname, '../../../internal/gallery/items/datacake/manifest.json'), 'utf8');
    const template = (parse(manifest) as JsonObject).members.find((m) => m.key === 'template')?.value as JsonObject;
    const filled = fill(template, [{ key: 'URL', label: '', required: true }, { key: 'FIELD', label: '', required: false, default: 'COUNTER' }], { URL: 'https://example.com/x' });
    expect(docOf(print(filled))).toEqual(filled);
    expect(print(filled)).toContain('\\"field\\": \\"COUNTER\\"');
  });
});
