import { Group, Paper, ScrollArea, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { Copy } from './Copy';

type Props = {
  text: string;
  /** What is copied, if that is more than is shown. */
  copies?: string;
  /** Names it, above the text and to those who cannot see it: "Request". */
  title: string;
  /** More buttons beside "copy". */
  actions?: ReactNode;
  /** What to say instead of an empty text. */
  empty?: string;
  maxHeight?: number;
  /** Long lines are broken instead of scrolled. */
  wrap?: boolean;
};

/** A piece of text as it is, such as a program or a request, with a copy button. */
export function Snippet({ text, copies = text, title, actions, empty = 'Empty', maxHeight = 420, wrap }: Props) {
  return (
    <Paper withBorder radius="sm" style={{ overflow: 'hidden' }}>
      <Group justify="space-between" px="sm" py={4} wrap="nowrap" bg="var(--mantine-color-default-hover)" style={{ borderBottom: '1px solid var(--mantine-color-default-border)' }}>
        <Text size="xs" fw={600}>
          {title}
        </Text>
        <Group gap={4} wrap="nowrap" mih={24}>
          {actions}
          {text && <Copy text={copies} what={title.toLowerCase()} />}
        </Group>
      </Group>
      {text ? (
        <ScrollArea.Autosize mah={maxHeight} type="auto" viewportProps={{ tabIndex: 0, role: 'region', 'aria-label': title }}>
          <pre style={{ margin: 0, padding: '10px 12px', fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 12.5, lineHeight: 1.5, ...(wrap ? { whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' } : {}) }}>{text}</pre>
        </ScrollArea.Autosize>
      ) : (
        <Text size="sm" c="dimmed" px="sm" py="xs">
          {empty}
        </Text>
      )}
    </Paper>
  );
}
