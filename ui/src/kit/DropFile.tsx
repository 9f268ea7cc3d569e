import { Button, Paper, Stack, Text } from '@mantine/core';
import { IconFileUpload } from '@tabler/icons-react';
import { type DragEvent, type ReactNode, useRef, useState } from 'react';

type Props = { label: string; accept: string; onFile: (file: File) => void; children?: ReactNode };

/** A place to drop a file at; the button opens the browser's own dialog. */
export function DropFile({ label, accept, onFile, children }: Props) {
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const take = (files: FileList | null) => {
    const file = files?.[0];
    if (file) onFile(file);
  };
  const drop = (e: DragEvent) => {
    e.preventDefault();
    setOver(false);
    take(e.dataTransfer.files);
  };
  const hover = (e: DragEvent) => {
    e.preventDefault();
    setOver(true);
  };
  return (
    <Paper
      withBorder
      p="xl"
      onDragOver={hover}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
      style={{ borderStyle: 'dashed', borderWidth: 2, ...(over ? { borderColor: 'var(--mantine-color-field-6)', background: 'var(--mantine-color-field-light)' } : {}) }}
    >
      <Stack align="center" gap="xs">
        <IconFileUpload size={34} stroke={1.4} aria-hidden />
        <Text fw={600}>Drop a file here</Text>
        <Button variant="light" onClick={() => input.current?.click()}>
          Choose a file
        </Button>
        <input
          ref={input}
          type="file"
          accept={accept}
          aria-label={label}
          style={{ position: 'absolute', width: 1, height: 1, opacity: 0, pointerEvents: 'none' }}
          tabIndex={-1}
          onChange={(e) => {
            take(e.currentTarget.files);
            e.currentTarget.value = '';
          }}
        />
        {children}
      </Stack>
    </Paper>
  );
}
