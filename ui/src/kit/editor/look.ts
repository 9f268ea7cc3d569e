import { HighlightStyle } from '@codemirror/language';
import { EditorView } from '@codemirror/view';
import { tags } from '@lezer/highlight';

/** The editor's frame in the colours of the other inputs; it grows with the text between two heights. */
export function frame(minRows: number, maxRows: number) {
  return EditorView.theme({
    '&': {
      border: '1px solid var(--mantine-color-default-border)',
      borderRadius: 'var(--mantine-radius-md)',
      backgroundColor: 'var(--mantine-color-default)',
      color: 'var(--mantine-color-text)',
      fontSize: '13px',
      overflow: 'hidden',
    },
    '&.cm-focused': { outline: '2px solid var(--mantine-color-field-5)', outlineOffset: '1px' },
    '.cm-scroller': { fontFamily: 'var(--mantine-font-family-monospace)', lineHeight: '1.5', minHeight: `${minRows * 1.5 + 0.8}em`, maxHeight: `${maxRows * 1.5 + 0.8}em`, overflow: 'auto' },
    '.cm-content': { caretColor: 'var(--mantine-color-text)' },
    '.cm-cursor': { borderLeftColor: 'var(--mantine-color-text)' },
    '.cm-gutters': { backgroundColor: 'transparent', border: 'none', color: 'var(--mantine-color-dimmed)' },
    '.cm-placeholder': { color: 'var(--mantine-color-placeholder)' },
    '.cm-tooltip': { backgroundColor: 'var(--mantine-color-body)', color: 'var(--mantine-color-text)', border: '1px solid var(--mantine-color-default-border)' },
  });
}

/** Syntax on dark ground; every colour has a contrast of 4.5 to 1 at least. */
export const darkColours = HighlightStyle.define([
  { tag: [tags.propertyName, tags.attributeName], color: '#9cdcfe' },
  { tag: [tags.string, tags.special(tags.string)], color: '#d7ba7d' },
  { tag: [tags.number, tags.bool, tags.null], color: '#b5cea8' },
  { tag: [tags.keyword, tags.operator], color: '#c792ea' },
  { tag: tags.comment, color: '#8fa87f' },
  { tag: tags.function(tags.variableName), color: '#82aaff' },
  { tag: tags.invalid, color: '#ff8a80' },
]);
