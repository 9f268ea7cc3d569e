import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parse } from '../builder/json';
import { bodyOf, check, instanceOf, mostBytes, pretty, tagsOf, versionsOf } from './document';

it('takes objects that the hub takes, and says what is wrong with others', () => {
  expect(check('{"a": 1}')).toMatchObject({ bytes: 7 });
  expect(check('{"a": 1}').fault).toBeUndefined();
  expect(check('[1]').fault?.message).toContain('object');
  expect(check('{"a": }').fault?.at).toBe(6);
  expect(check(`{"a":"${'x'.repeat(mostBytes - 8)}"}`).fault).toBeUndefined();
  expect(check(`{"a":"${'x'.repeat(mostBytes - 7)}"}`).fault?.message).toContain('16,384');
});

it('sends and reads a document without a loss', () => {
  const number = fc.constantFrom('1', '12345678901234567890', '1.10', '-0', '1e400');
  const document = fc.array(fc.tuple(fc.string(), number)).map((all) => `{${all.map(([k, n]) => `${JSON.stringify(k)}:${n}`).join(',')}}`);
  fc.assert(
    fc.property(document, (text) => {
      const body = bodyOf(parse(pretty(parse(text))));
      expect(instanceOf(body.replace(/}}$/, '},"version":3,"updated_at":"2026-03-01T12:00:00.000Z"}')).data).toEqual(parse(text));
    }),
  );
});

it('reads versions', () => {
  const { versions, more } = versionsOf('{"versions":[{"version":2,"data":{"a":1},"updated_at":"t"}],"meta":{"has_more":true}}');
  expect(versions).toMatchObject([{ version: 2, updated: 't' }]);
  expect(more).toBe(true);
});

it('names what templates can read', () => {
  expect(tagsOf('site', parse('{"name":"a","rooms":{"hall":{"t":1}},"list":[1]}'))).toEqual(['{{{LEDGER.site.name}}}', '{{{LEDGER.site.rooms.hall.t}}}', '{{{LEDGER.site.list}}}']);
});
