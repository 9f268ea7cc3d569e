import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cellsOf, idsIn, ListFault, ListReader, mostIds } from './lines';

function read(...pieces: string[]): string[] {
  const list = new ListReader();
  pieces.forEach((p) => list.push(p));
  return list.end();
}

const id = fc.integer({ min: 0, max: 0xffffff }).map((n) => n.toString(16).padStart(24, '0'));

describe('a list of ids', () => {
  it('is one on a line, with every line end, without what comes again', () => {
    expect(read('\ufeffa1\r\nb2\n\n# a note\rc3\n a1 \nd4')).toEqual(['a1', 'b2', 'c3', 'd4']);
  });

  it('finds the column by its heading', () => {
    expect(read('Name,Device ID,Place\nkitchen,a1,"hall, left"\nlamp,b2,cellar\n')).toEqual(['a1', 'b2']);
    expect(read('serial;imei\nS1;35\nS2;36\n')).toEqual(['S1', 'S2']);
    expect(read('IMEI\n35\n')).toEqual(['35']);
  });

  it('takes the first column without a heading', () => {
    expect(read('a1,kitchen\nb2,lamp\n')).toEqual(['a1', 'b2']);
  });

  it('is the same however it arrives in pieces', () => {
    fc.assert(
      fc.property(fc.uniqueArray(id, { maxLength: 40 }), fc.array(fc.nat(1_200)), (ids, cuts) => {
        const text = ids.join('\n');
        const at = [0, ...cuts.map((c) => c % (text.length + 1)).sort((a, b) => a - b), text.length];
        expect(read(...at.slice(1).map((end, i) => text.slice(at[i], end)))).toEqual(ids);
      }),
    );
  });

  it('has an end', () => {
    const list = new ListReader();
    expect(() => list.push(Array.from({ length: mostIds + 2 }, (_, i) => String(i)).join('\n'))).toThrow(ListFault);
    expect(() => new ListReader().push('x'.repeat(70_000))).toThrow(ListFault);
  });
});

it('splits a line into cells as it was joined', () => {
  expect(cellsOf('"a ""b""",c')).toEqual(['a "b"', 'c']);
  const quote = (s: string) => `"${s.replaceAll('"', '""')}"`;
  const text = fc.string().filter((s) => !/[\r\n]/.test(s));
  fc.assert(
    fc.property(fc.array(text, { minLength: 1, maxLength: 6 }), (cells) => {
      expect(cellsOf(cells.map(quote).join(','))).toEqual(cells);
    }),
  );
});

it('reads ids that were pasted', () => {
  expect(idsIn(' a1, b2\nc3;a1\t')).toEqual(['a1', 'b2', 'c3']);
});
