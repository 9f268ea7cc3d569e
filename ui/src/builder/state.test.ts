import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { object, print, text } from './json';
import { anyJson } from './json.arbitrary';
import { putText } from './mapping';
import { change, docOf, type Draft, same, templateOf } from './state';

const type = (draft: Draft, source: string) => change(draft, { kind: 'type', text: source });

describe('draft', () => {
  it('says the same in both tabs', () => {
    fc.assert(
      fc.property(anyJson, fc.boolean(), (value, indented) => {
        fc.pre(value.kind === 'object');
        const draft = type({ doc: object() }, print(value, indented));
        expect(draft.doc).toEqual(value);
        expect(draft.fault).toBeUndefined();
        expect(same(docOf(templateOf(draft)), draft.doc)).toBe(true);
      }),
    );
  });

  it('keeps a text that is no JSON yet, and what it said before', () => {
    const before = { doc: docOf('{"event":"a"}') };
    const broken = type(before, '{"event":"b"');
    expect(templateOf(broken)).toBe('{"event":"b"');
    expect(broken.doc).toBe(before.doc);
    expect(broken.fault?.message).toBe('Line 1, column 13: a comma or a closing brace is expected here.');
    const mended = type(broken, '{"event":"b"}');
    expect(mended.fault).toBeUndefined();
    expect(print(mended.doc)).toBe('{"event":"b"}');
    expect(type(before, '[1]').fault?.message).toContain('object');
  });

  it('keeps the text as it was typed until the form changes something', () => {
    const typed = type({ doc: object() }, '{ "x": 1.50, "event": "a" }');
    expect(templateOf(typed)).toBe('{ "x": 1.50, "event": "a" }');
    const unchanged = change(typed, { kind: 'edit', edit: (d) => d });
    expect(unchanged).toBe(typed);
    const edited = change(typed, { kind: 'edit', edit: (d) => putText(d, 'event', 'b') });
    expect(templateOf(edited)).toBe('{\n  "x": 1.50,\n  "event": "b"\n}');
    expect(edited.doc.members[1]?.value).toEqual(text('b'));
  });
});
