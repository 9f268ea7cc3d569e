import fc from 'fast-check';
import type { Json } from './json';

/** Arbitrary documents: repeated and numeric names, odd numbers, nested values. */
export const anyJson: fc.Arbitrary<Json> = fc.letrec<{ json: Json }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 3 },
    fc.string({ unit: 'binary' }).map((value): Json => ({ kind: 'string', value })),
    fc.constantFrom('0', '-0', '1e400', '12345678901234567890', '1.50', '-2E+3', 'true', 'false', 'null').map((text): Json => ({ kind: 'literal', text })),
    fc.array(tie('json'), { maxLength: 4 }).map((items): Json => ({ kind: 'array', items })),
    fc
      .array(fc.record({ key: fc.oneof(fc.constantFrom('a', '1', '10', '2', ''), fc.string()), value: tie('json') }), { maxLength: 4 })
      .map((members): Json => ({ kind: 'object', members })),
  ),
})).json;
