import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { defaultHighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { type Diagnostic, linter, lintGutter } from '@codemirror/lint';
import { Compartment, EditorState, type Extension } from '@codemirror/state';
import { EditorView, keymap, lineNumbers, placeholder as placeholderOf } from '@codemirror/view';
import { json } from '@codemirror/lang-json';
import { useComputedColorScheme } from '@mantine/core';
import { useEffect, useRef } from 'react';
import type { EditorProps, Fault } from './Editor';
import { darkColours, frame } from './look';

/** Lets the caller write at the cursor. */
export type Insert = (text: string) => void;

const languages: Record<NonNullable<EditorProps['language']>, () => Promise<Extension> | Extension> = {
  json: () => json(),
  javascript: () => import('@codemirror/lang-javascript').then((m) => m.javascript()),
  text: () => [],
};

/** The editor itself; load it through Editor, which waits for it. */
export default function CodeMirror({ value, onChange, label, language = 'json', readOnly = false, minRows = 6, maxRows = 24, placeholder, check, insert }: EditorProps) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  // The newest of what may change without the editor being made anew.
  const now = useRef({ onChange, check });
  const scheme = useComputedColorScheme('light');
  const parts = useRef({ look: new Compartment(), access: new Compartment(), lint: new Compartment() });

  useEffect(() => {
    now.current = { onChange, check };
  });

  useEffect(() => {
    const { look, access, lint } = parts.current;
    const grammar = new Compartment();
    const editor = new EditorView({
      parent: host.current as HTMLElement,
      state: EditorState.create({
        doc: value,
        extensions: [
          history(),
          keymap.of([...defaultKeymap, ...historyKeymap]),
          ...(language === 'text' ? [] : [lineNumbers()]),
          EditorView.lineWrapping,
          EditorView.contentAttributes.of({ 'aria-label': label }),
          frame(minRows, maxRows),
          look.of([]),
          access.of([]),
          grammar.of([]),
          lint.of([]),
          ...(placeholder ? [placeholderOf(placeholder)] : []),
          EditorView.updateListener.of((u) => {
            if (u.docChanged) now.current.onChange?.(u.state.doc.toString());
          }),
        ],
      }),
    });
    view.current = editor;
    // What holds the editor may just be opening, and then its first measures are wrong.
    const measure = new ResizeObserver(() => editor.requestMeasure());
    measure.observe(editor.dom);
    void Promise.resolve(languages[language]()).then((extension) => {
      if (view.current === editor) editor.dispatch({ effects: grammar.reconfigure(extension) });
    });
    return () => {
      view.current = null;
      measure.disconnect();
      editor.destroy();
    };
    // eslint-disable-next-line react-hooks/exhaustive-deps -- what changes later is brought in by the effects below
  }, [language, label, minRows, maxRows, placeholder]);

  useEffect(() => {
    const editor = view.current;
    if (!editor || editor.state.doc.toString() === value) return;
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: value } });
  }, [value]);

  useEffect(() => {
    const dark = scheme === 'dark';
    view.current?.dispatch({ effects: parts.current.look.reconfigure([EditorView.darkTheme.of(dark), syntaxHighlighting(dark ? darkColours : defaultHighlightStyle)]) });
  }, [scheme, language, label, minRows, maxRows, placeholder]);

  useEffect(() => {
    view.current?.dispatch({ effects: parts.current.access.reconfigure([EditorState.readOnly.of(readOnly)]) });
  }, [readOnly, language, label, minRows, maxRows, placeholder]);

  const checks = Boolean(check);
  useEffect(() => {
    const lint = checks ? [lintGutter(), linter((v) => (now.current.check?.(v.state.doc.toString()) ?? []).map((f) => diagnostic(f, v.state.doc.length)), { delay: 200 })] : [];
    view.current?.dispatch({ effects: parts.current.lint.reconfigure(lint) });
  }, [checks, language, label, minRows, maxRows, placeholder]);

  useEffect(() => {
    if (!insert) return;
    insert.current = (text) => {
      const editor = view.current;
      if (!editor) return;
      editor.dispatch(editor.state.replaceSelection(text));
      editor.focus();
    };
    return () => {
      insert.current = null;
    };
  }, [insert]);

  return <div ref={host} />;
}

function diagnostic(f: Fault, length: number): Diagnostic {
  const from = Math.min(f.at, length);
  return { from, to: Math.min(Math.max(f.to ?? from + 1, from), length), severity: f.severity ?? 'error', message: f.message };
}
