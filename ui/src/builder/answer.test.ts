import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { leavesOf, namesOf, templateOf, type Leaf } from './answer';

const sample = JSON.stringify({ current: { temp: 21.5, sky: 'clear "blue"' }, daily: [{ temp: { day: 20, night: 11 } }, { temp: { day: 22, night: 12 } }], 'a.b': 1 });

const leaves = () => leavesOf(sample) ?? [];
const named = (...tags: string[]) => leaves().filter((l) => tags.includes(l.tag ?? ''));

describe('answer', () => {
  it('finds the values and what cannot be named', () => {
    expect(leaves().map((l) => l.tag)).toEqual(['current.temp', 'current.sky', 'daily.0.temp.day', 'daily.0.temp.night', 'daily.1.temp.day', 'daily.1.temp.night', undefined]);
    expect(leavesOf('not json')).toBeUndefined();
    expect(leavesOf('5')).toBeUndefined();
  });

  it('gives numbers two braces, texts quotes and three', () => {
    expect(templateOf(named('current.temp', 'current.sky'), 'flat')).toBe('{"temp":{{current.temp}},"sky":"{{{current.sky}}}"}');
    expect(templateOf(named('current.sky', 'current.temp').toReversed(), 'flat')).toBe('{"sky":"{{{current.sky}}}","temp":{{current.temp}} }');
    expect(templateOf(named('current.temp'), 'alone')).toBe('{{{current.temp}}}');
    expect(templateOf([], 'flat')).toBe('');
  });

  it('keeps the shape of the sample', () => {
    expect(templateOf(named('daily.0.temp.day', 'daily.1.temp.day'), 'same')).toBe('{"daily":[{"temp":{"day":{{daily.0.temp.day}} }},{"temp":{"day":{{daily.1.temp.day}} }}]}');
  });

  it('takes names for which there is no second', () => {
    expect(namesOf(named('daily.0.temp.day', 'daily.1.temp.day', 'current.sky'))).toEqual(['sky', '0_temp_day', '1_temp_day']);
  });

  it('makes of every sample a template that renders to JSON with its values', () => {
    const scalar = fc.oneof(fc.integer(), fc.boolean(), fc.string({ unit: fc.constantFrom('a', 'b', ' ') }));
    const json = fc.dictionary(fc.stringMatching(/^[a-z_]{1,6}$/), fc.oneof(scalar, fc.dictionary(fc.stringMatching(/^[a-z]{1,3}$/), scalar, { minKeys: 1 }), fc.array(scalar, { minLength: 1, maxLength: 3 })), { minKeys: 1, noNullPrototype: true });
    fc.assert(
      fc.property(json, (value) => {
        const all = leavesOf(JSON.stringify(value)) ?? [];
        const rendered = (template: string) => template.replace(/\{\{\{?([^{}]+)\}\}\}?/g, (_, tag: string) => String(all.find((l: Leaf) => l.tag === tag)?.value));
        const same = templateOf(all, 'same').replace(/\{\{\{([^{}]+)\}\}\}/g, '{{$1}}').replace(/\{\{([^{}]+)\}\}/g, (_, tag: string) => String(all.find((l) => l.tag === tag)?.value));
        expect(JSON.parse(same)).toEqual(value);
        expect(Object.values(JSON.parse(rendered(templateOf(all, 'flat').replace(/\{\{\{([^{}]+)\}\}\}/g, '{{$1}}'))) as object)).toHaveLength(all.length);
      }),
    );
  });
});
