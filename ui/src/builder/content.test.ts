import { describe, expect, it } from 'vitest';
import { print } from './json';
import { type Format, formatOf, putFormat } from './mapping';
import { converted, isDefault, toCustom, toDefault } from './content';
import { docOf } from './state';

const turned = (source: string, format: Format) => {
  const doc = docOf(source);
  return print(putFormat(doc, format, converted(doc, format)));
};

describe('content', () => {
  it('tells default data from custom data', () => {
    for (const source of ['{}', '{"json":{}}', '{"form":{}}', '{"noDefaults":"false"}']) expect(isDefault(docOf(source))).toBe(true);
    for (const source of ['{"noDefaults":true}', '{"json":{"a":1}}', '{"body":"x"}', '{"form":{"a":1}}', '{"json":"{}"}']) expect(isDefault(docOf(source))).toBe(false);
  });

  it('writes the default fields out and takes them back', () => {
    const custom = toCustom(docOf(`{"event":"a","url":"u","json":{}}`));
    expect(print(custom)).toBe(
      '{"event":"a","url":"u","noDefaults":true,"json":{"event":"{{{PARTICLE_EVENT_NAME}}}","data":"{{{PARTICLE_EVENT_VALUE}}}","coreid":"{{{PARTICLE_DEVICE_ID}}}","published_at":"{{{PARTICLE_PUBLISHED_AT}}}"}}',
    );
    expect(print(toDefault(custom))).toBe(`{"event":"a","url":"u","json":{}}`);
  });

  it('takes the content along to another format', () => {
    expect(turned('{"json":{"a":"b","n":1}}', 'form')).toBe('{"form":{"a":"b","n":1}}');
    expect(turned('{"form":{"a":"b"}}', 'json')).toBe('{"json":{"a":"b"}}');
    expect(turned('{"json":{"a":{"b":1}}}', 'form')).toBe('{"form":{}}');
    expect(turned('{"json":"{\\"t\\":{{t}}}"}', 'body')).toBe('{"body":"{\\"t\\":{{t}}}"}');
    expect(turned('{"body":"{\\"a\\":1}"}', 'json')).toBe('{"json":{"a":1}}');
    expect(turned('{"body":"t={{t}}"}', 'json')).toBe('{"json":"t={{t}}"}');
    expect(formatOf(docOf(turned('{}', 'json')))).toBe('json');
    expect(turned('{"json":{}}', 'form')).toBe('{}');
    expect(turned('{"form":{"a":1}}', 'body')).toBe('{"body":"{\\n  \\"a\\": 1\\n}"}');
  });
});
