import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JsonFault, parse, print, tryParse } from './json';
import { anyJson } from './json.arbitrary';

describe('json', () => {
  it('reads back what it writes, compact and indented', () => {
    fc.assert(
      fc.property(anyJson, (value) => {
        expect(parse(print(value))).toEqual(value);
        expect(parse(print(value, true))).toEqual(value);
      }),
    );
  });

  it('accepts exactly what the standard accepts', () => {
    const accepted = (source: string) => {
      try {
        JSON.parse(source);
        return true;
      } catch {
        return false;
      }
    };
    const pieces = fc.array(fc.constantFrom('{', '}', '[', ']', ',', ':', '"a"', '"\\n"', '"\\x"', '1', '-', '01', '1.', '1e5', 'true', 'nul', ' ', '\n', '"', '{{t}}'), { maxLength: 8 });
    fc.assert(
      fc.property(pieces, (all) => {
        const source = all.join('');
        expect(tryParse(source).fault === undefined).toBe(accepted(source));
      }),
      { numRuns: 2000 },
    );
  });

  it('keeps order, names and numbers as they were written', () => {
    const source = '{"10":1.50,"2":12345678901234567890,"a":{"1":-0},"a":[true,null]}';
    expect(print(parse(source))).toBe(source);
  });

  it('says where it went wrong', () => {
    const { fault } = tryParse('{\n  "a": {{t}}\n}');
    expect(fault).toBeInstanceOf(JsonFault);
    expect([fault?.line, fault?.column, fault?.at]).toEqual([2, 8, 9]);
    expect(fault?.message).toBe('Line 2, column 8: a variable stands outside of quotes.');
    expect(tryParse('{"a":1,}').fault?.message).toBe('Line 1, column 8: a name in double quotes is expected here.');
    expect(tryParse('').fault?.message).toBe('Line 1, column 1: the text ends too early.');
  });

  it('is not brought down by nesting', () => {
    expect(tryParse('['.repeat(100_000)).fault?.message).toContain('nested');
  });
});
