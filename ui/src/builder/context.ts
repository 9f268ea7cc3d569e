import { createContext, type Dispatch, useContext } from 'react';
import type { JsonObject } from './json';
import { settingAt } from './mapping';
import type { Change } from './state';

/** Something to say about a place of the integration; "" = the whole. */
export type Note = { field: string; message: string; kind?: 'warning' | 'comment' };

export type BuilderState = {
  doc: JsonObject;
  dispatch: Dispatch<Change>;
  /** The integration that is edited; undefined = a new one. */
  id?: string | undefined;
  problems: Note[];
  warnings: Note[];
  /** What an entry of the gallery says about settings. */
  hints: Record<string, string>;
};

const Current = createContext<BuilderState | null>(null);

export const BuilderProvider = Current.Provider;

export function useBuilder(): BuilderState & { edit: (change: (doc: JsonObject) => JsonObject) => void } {
  const state = useContext(Current);
  if (!state) throw new Error('useBuilder is for parts of the builder');
  const { dispatch } = state;
  return { ...state, edit: (change) => dispatch({ kind: 'edit', edit: change }) };
}

/** Faults begin with their place, which beside the field says nothing new. */
export function saying(n: Note): string {
  const { field, message } = n;
  if (!field || !message.startsWith(`${field}: `)) return message;
  const rest = message.slice(field.length + 2);
  return rest.charAt(0).toUpperCase() + rest.slice(1);
}

/** What there is to say about a setting, or about one place in it ("headers.X-Key"). */
export function notesAt(notes: Note[], place: string): Note[] {
  return notes.filter((n) => (/[.[]/.test(place) ? n.field === place : settingAt(n.field) === place));
}
