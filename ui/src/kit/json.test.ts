import fc from 'fast-check';
import { expect, it } from 'vitest';
import { pretty } from './json';

it('lays out JSON without changing it', () => {
  expect(pretty('{"a":[1,{}],"b":12345678901234567890}')).toBe('{\n  "a": [\n    1,\n    {}\n  ],\n  "b": 12345678901234567890\n}');
  expect(pretty('{"2":1,"1":1.0,"1":2}')).toBe('{\n  "2": 1,\n  "1": 1.0,\n  "1": 2\n}');
  expect(pretty('a=1&b=2')).toBe('a=1&b=2');
  expect(pretty('{broken')).toBe('{broken');
  expect(pretty('{"a":"[,]{:}\\""}')).toBe('{\n  "a": "[,]{:}\\""\n}');
  fc.assert(
    fc.property(fc.oneof(fc.array(fc.jsonValue()), fc.dictionary(fc.string(), fc.jsonValue())), (value) => {
      const json = JSON.stringify(value);
      expect(pretty(json)).toBe(JSON.stringify(JSON.parse(json), null, 2));
    }),
  );
});

it('leaves what is nested without end as it is', () => {
  const nested = '['.repeat(50_000) + ']'.repeat(50_000);
  expect(pretty(nested)).toBe(nested);
});
