import fc from 'fast-check';
import { expect, it } from 'vitest';
import { diffLines } from './diff';

const line = fc.constantFrom('a', 'b', 'c', '{', '}', '');
const text = fc.array(line, { minLength: 1, maxLength: 20 }).map((l) => l.join('\n'));

it('holds both texts', () => {
  fc.assert(
    fc.property(text, text, (before, after) => {
      const lines = diffLines(before, after);
      const of = (kind: string) => lines.filter((l) => l.kind !== kind).map((l) => l.text).join('\n');
      expect(of('new')).toBe(before);
      expect(of('gone')).toBe(after);
    }),
  );
});

it('shows what changed, and only that', () => {
  expect(diffLines('{\n  "a": 1,\n  "b": 2\n}', '{\n  "a": 1,\n  "b": 3\n}')).toEqual([
    { kind: 'same', text: '{' },
    { kind: 'same', text: '  "a": 1,' },
    { kind: 'gone', text: '  "b": 2' },
    { kind: 'new', text: '  "b": 3' },
    { kind: 'same', text: '}' },
  ]);
  expect(diffLines('same', 'same')).toEqual([{ kind: 'same', text: 'same' }]);
});
