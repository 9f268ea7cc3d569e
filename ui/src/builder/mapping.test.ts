import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Json, type JsonObject, type Member, parse, print, text } from './json';
import { anyJson } from './json.arbitrary';
import { changeOf, formatOf, formats, get, getField, getFields, getFlag, getList, getText, put, putField, putFields, putFlag, putFormat, putList, putText, rowText, rowValue, type Setting, settingOf, settings, settingsOf } from './mapping';

const doc = (source: string) => parse(source) as JsonObject;

/** Integrations as clients write them: odd spellings, unknown members, every kind of value. */
const anyIntegration: fc.Arbitrary<JsonObject> = fc
  .array(
    fc.record({
      key: fc.oneof(fc.constantFrom(...settings), fc.constantFrom('eventName', 'method', 'deviceid', 'deviceId', 'responseEvent', 'errorResponseEvent', 'mydevices', 'data', '1', '0'), fc.string()),
      value: anyJson,
    }),
    { maxLength: 8 },
  )
  .map((members) => ({ kind: 'object', members }));

const setting = fc.constantFrom<Setting>(...settings);

/** All members but those of one setting, in order. */
const rest = (d: JsonObject, s: Setting): Member[] => d.members.filter((m) => settingOf(m.key) !== s);

describe('mapping', () => {
  it('knows the settings of the hub, in the order in which it writes them', () => {
    const source = readFileSync(resolve(import.meta.dirname, '../../../internal/integration/settings.go'), 'utf8');
    const list = /var settings = \[\.\.\.\]string\{([^}]*)\}/.exec(source)?.[1] ?? '';
    expect([...list.matchAll(/"(\w+)"/g)].map((m) => m[1])).toEqual([...settings]);
  });

  it('comes through the form and back as it was', () => {
    fc.assert(
      fc.property(anyIntegration, (d) => {
        expect(parse(print(d, true))).toEqual(d);
        for (const s of settings) {
          const value = get(d, s);
          // Writing what was read changes nothing, however it is spelled and wherever it stands.
          if (value) expect(put(d, s, value)).toEqual(d);
        }
      }),
    );
  });

  it('changes one member only, and reads what was written', () => {
    fc.assert(
      fc.property(anyIntegration, setting, anyJson, (d, s, value) => {
        fc.pre(print(value) !== 'null');
        const changed = put(d, s, value);
        expect(get(changed, s)).toEqual(value);
        expect(rest(changed, s)).toEqual(rest(d, s));
        const removed = put(changed, s, undefined);
        expect(get(removed, s)).toBeUndefined();
        expect(rest(removed, s)).toEqual(rest(d, s));
      }),
    );
  });

  it('gives texts, flags, lists and fields back', () => {
    fc.assert(
      fc.property(anyIntegration, setting, fc.string({ minLength: 1 }), fc.boolean(), fc.array(fc.string(), { minLength: 1 }), (d, s, words, flag, list) => {
        expect(getText(putText(d, s, words), s)).toBe(words);
        expect(getFlag(putFlag(d, s, flag, false), s, false)).toBe(flag);
        expect(getFlag(putFlag(d, s, flag, true), s, true)).toBe(flag);
        expect(getList(putList(d, s, list), s)).toEqual(list);
        const fields = list.map((key): Member => ({ key, value: text(words) }));
        expect(getFields(putFields(d, s, fields), s)).toEqual(fields);
        expect(getField(putField(d, s, ['username', 'user'], text(words)), s, 'username', 'user')).toEqual(text(words));
      }),
    );
  });

  it('finds a setting as the hub does', () => {
    expect(getText(doc('{"eventName":"a","event":"b"}'), 'event')).toBe('b');
    expect(getText(doc('{"eventName":"a","event":null}'), 'event')).toBe('a');
    expect(getText(doc('{"event":"a","event":"b"}'), 'event')).toBe('b');
    expect(getFlag(doc('{"noDefaults":"TRUE"}'), 'noDefaults', false)).toBe(true);
    expect(getFields(doc('{"headers":"{\\"A\\":1}"}'), 'headers')).toEqual([{ key: 'A', value: { kind: 'literal', text: '1' } }]);
    expect(getFields(doc('{"headers":["A"]}'), 'headers')).toBeUndefined();
  });

  it('edits the spelling that is there and puts new settings where the hub writes them', () => {
    expect(print(put(doc('{"method":"get","eventName":"a"}'), 'event', text('b')))).toBe('{"method":"get","eventName":"b"}');
    expect(print(put(doc('{"event":"a","headers":null,"x":1}'), 'headers', doc('{"A":"b"}')))).toBe('{"event":"a","headers":{"A":"b"},"x":1}');
    expect(print(put(doc('{"event":"a","body":"x"}'), 'url', text('u')))).toBe('{"event":"a","url":"u","body":"x"}');
    expect(print(put(doc('{"x":1}'), 'url', text('u')))).toBe('{"url":"u","x":1}');
  });

  it('has one format, in the place of the one before', () => {
    fc.assert(
      fc.property(anyIntegration, fc.constantFrom(...formats), anyJson, (d, format, value) => {
        fc.pre(print(value) !== 'null');
        const changed = putFormat(d, format, value);
        expect(formatOf(changed)).toBe(format);
        expect(formats.filter((f) => get(changed, f))).toEqual([format]);
        const outside = (x: JsonObject) => x.members.filter((m) => !formats.some((f) => f === m.key));
        expect(outside(changed)).toEqual(outside(d));
      }),
    );
    expect(print(putFormat(doc('{"event":"a","json":{},"query":{}}'), 'body', text('b')))).toBe('{"event":"a","body":"b","query":{}}');
    expect(print(putFormat(doc('{"event":"a","json":{},"query":{}}'), 'form', undefined))).toBe('{"event":"a","query":{}}');
  });

  it('keeps the kind of a value that is typed over', () => {
    const after = (old: string, typed: string) => print(rowValue(parse(old), typed));
    expect(after('5', '6')).toBe('6');
    expect(after('5', 'x')).toBe('"x"');
    expect(after('"5"', '6')).toBe('"6"');
    expect(after('{"a":1}', '{"a":2}')).toBe('{"a":2}');
    expect(after('{"a":1}', '{"a":')).toBe('"{\\"a\\":"');
    fc.assert(
      fc.property(anyJson, (value: Json) => {
        fc.pre(print(value) !== 'null');
        expect(rowValue(value, rowText(value))).toEqual(value);
      }),
    );
  });

  it('sends null for what is gone', () => {
    const before = settingsOf(doc('{"ok":true,"id":"1","name":null,"event":"a","json":{},"headers":{"A":"b"},"counters":[],"created_at":"x"}'));
    expect(print(before)).toBe('{"event":"a","json":{},"headers":{"A":"b"}}');
    expect(print(changeOf(before, doc('{"eventName":"b","body":"x","auth":null}')))).toBe('{"eventName":"b","body":"x","json":null,"headers":null}');
  });
});
