import fc from 'fast-check';
import { expect, it } from 'vitest';
import { object, print } from './json';
import { type Condition, getConditions, operators, putConditions, typedValue } from './conditions';
import { getRetry, putRetry } from './retry';
import { docOf } from './state';

const condition: fc.Arbitrary<Condition> = fc.oneof(
  fc.record({ path: fc.string(), op: fc.constantFrom(...operators.map((o) => o.value).filter((o) => o !== 'exists')), value: fc.string(), quoted: fc.constant(true) }),
  fc.record({ path: fc.string(), op: fc.constantFrom('=', '!=', '>', '<='), value: fc.constantFrom('1', '-2.50', '1e3', 'true', 'false'), quoted: fc.constant(false) }),
  fc.record({ path: fc.string(), op: fc.constant('exists'), value: fc.constantFrom('true', 'false'), quoted: fc.constant(false) }),
);

it('reads conditions back as they were written', () => {
  fc.assert(
    fc.property(fc.array(condition), (all) => {
      expect(getConditions(putConditions(object(), all))).toEqual(all);
    }),
  );
});

it('keeps the other parts of a filter, and goes with the last one', () => {
  const doc = docOf('{"filter":{"firmware":">=3","data":[{"path":"t","op":">","value":5}]}}');
  const [first] = getConditions(doc) ?? [];
  expect(first).toEqual({ path: 't', op: '>', value: '5', quoted: false });
  expect(print(putConditions(doc, []))).toBe('{"filter":{"firmware":">=3"}}');
  expect(print(putConditions(docOf('{"filter":{"data":[]}}'), []))).toBe('{}');
  expect(getConditions(docOf('{"filter":{"data":[{"path":"t","op":"=","value":{}}]}}'))).toBeUndefined();
});

it('takes what looks like a number as one', () => {
  const c: Condition = { path: 't', op: '>', value: '', quoted: true };
  expect(typedValue(c, '5')).toMatchObject({ value: '5', quoted: false });
  expect(typedValue(c, 'red')).toMatchObject({ quoted: true });
  expect(typedValue({ ...c, value: '5', quoted: true }, '51')).toMatchObject({ quoted: true });
});

it('reads retry in all of its shapes and writes the shortest', () => {
  for (const source of ['{"retry":"failed"}', '{"retry":{"policy":"failed"}}', '{"retry":"{\\"policy\\":\\"failed\\"}"}']) {
    expect(getRetry(docOf(source))).toEqual({ policy: 'failed', maxAge: '', maxAttempts: '' });
  }
  const bounded = putRetry(docOf('{"retry":"failed"}'), { policy: 'failed', maxAge: '24h', maxAttempts: '5' });
  expect(print(bounded)).toBe('{"retry":{"policy":"failed","maxAge":"24h","maxAttempts":5}}');
  expect(getRetry(bounded)).toEqual({ policy: 'failed', maxAge: '24h', maxAttempts: '5' });
  expect(print(putRetry(bounded, { ...getRetry(bounded), policy: 'none' }))).toBe('{"retry":"none"}');
  expect(print(putRetry(bounded, { ...getRetry(bounded), policy: '' }))).toBe('{}');
});
