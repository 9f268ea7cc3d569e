import { Box, Textarea } from '@mantine/core';
import { lazy, type RefObject, Suspense } from 'react';

const CodeMirror = lazy(() => import('./CodeMirror'));

/** Something to point out in the text; `at` and `to` count its characters. */
export type Fault = { at: number; to?: number; message: string; severity?: 'error' | 'warning' | 'info' };

export type EditorProps = {
  value: string;
  onChange?: (text: string) => void;
  /** Its name for those who do not see it. */
  label: string;
  language?: 'json' | 'javascript' | 'text';
  readOnly?: boolean;
  minRows?: number;
  maxRows?: number;
  placeholder?: string;
  /** Looks the text over; what it gives is marked in the text and its margin. */
  check?: (text: string) => Fault[];
  /** Is filled with a function that writes at the cursor. */
  insert?: RefObject<((text: string) => void) | null>;
};

/** An editor for code and JSON. A plain text box stands in until it has loaded. */
export function Editor(props: EditorProps) {
  const { value, onChange, label, readOnly, minRows = 6, maxRows = 24 } = props;
  return (
    <Suspense
      fallback={
        <Textarea
          value={value}
          onChange={(e) => onChange?.(e.currentTarget.value)}
          readOnly={readOnly || !onChange}
          aria-label={label}
          autosize
          minRows={minRows}
          maxRows={maxRows}
          styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 13 } }}
        />
      }
    >
      <Box style={{ minWidth: 0 }}>
        <CodeMirror {...props} readOnly={readOnly || !onChange} />
      </Box>
    </Suspense>
  );
}
