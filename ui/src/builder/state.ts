import { type JsonFault, type JsonObject, parse, print, tryParse } from './json';

/**
 * What is being written. `doc` is the integration; `text` is the custom template
 * as it was typed, kept while it says the same; `fault` tells that it says nothing
 * that could be an integration, and then `doc` is what it said before.
 */
export type Draft = { doc: JsonObject; text?: string; fault?: { message: string; at: number } };

export type Change = { kind: 'edit'; edit: (doc: JsonObject) => JsonObject } | { kind: 'type'; text: string } | { kind: 'reset'; doc: JsonObject };

export function change(draft: Draft, c: Change): Draft {
  switch (c.kind) {
    case 'reset':
      return { doc: c.doc };
    case 'edit': {
      const doc = c.edit(draft.doc);
      return doc === draft.doc ? draft : { doc };
    }
    case 'type':
      return typed(draft.doc, c.text);
  }
}

function typed(doc: JsonObject, source: string): Draft {
  const { value, fault } = tryParse(source);
  if (fault) return { doc, text: source, fault: faultOf(fault) };
  if (value.kind !== 'object') return { doc, text: source, fault: { message: 'An integration is a JSON object: it begins with { and ends with }.', at: 0 } };
  return { doc: value, text: source };
}

const faultOf = ({ message, at }: JsonFault) => ({ message, at });

/** The custom template of a draft. */
export const templateOf = (draft: Draft): string => draft.text ?? print(draft.doc, true);

/** Whether two integrations say the same. */
export const same = (a: JsonObject, b: JsonObject): boolean => print(a) === print(b);

/** An integration from its JSON text, which must be an object. */
export function docOf(source: string): JsonObject {
  const value = parse(source);
  if (value.kind !== 'object') throw new Error('This is no integration.');
  return value;
}
