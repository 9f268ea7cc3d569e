import { Anchor, Badge, Card, Group, Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';

export type PanelId = 'device' | 'product' | 'add' | 'start' | 'webhook' | 'test' | 'explainer' | 'data' | 'events' | 'firmware' | 'testing' | 'cleanup';

/** The panels in their order. */
export const panels: { id: PanelId; title: string }[] = [
  { id: 'device', title: 'Select a device' },
  { id: 'product', title: 'Select a product' },
  { id: 'add', title: 'Add the device to the product' },
  { id: 'start', title: 'Start the demo' },
  { id: 'webhook', title: 'Create a product webhook' },
  { id: 'test', title: 'Test the webhook' },
  { id: 'explainer', title: 'Explainer' },
  { id: 'data', title: 'Webhook server data' },
  { id: 'events', title: 'Event log' },
  { id: 'firmware', title: 'Device firmware' },
  { id: 'testing', title: 'Testing' },
  { id: 'cleanup', title: 'Clean up' },
];

export function titleOf(id: PanelId): string {
  return panels.find((p) => p.id === id)?.title ?? '';
}

/** One panel of the demo. */
export function Panel({ id, done, children }: { id: PanelId; done?: boolean; children: ReactNode }) {
  const number = panels.findIndex((p) => p.id === id) + 1;
  return (
    <Card withBorder component="section" id={id} className="wd-section" aria-labelledby={`${id}-title`} padding="md">
      <Group gap="xs" mb="sm" wrap="nowrap">
        <Badge circle size="lg" variant={done ? 'filled' : 'light'} aria-hidden style={{ flexShrink: 0 }}>
          {number}
        </Badge>
        <Title order={2} size="h4" id={`${id}-title`}>
          {titleOf(id)}
        </Title>
        {done && (
          <Badge variant="light" size="sm" style={{ flexShrink: 0 }}>
            Done
          </Badge>
        )}
      </Group>
      <Stack gap="sm">{children}</Stack>
    </Card>
  );
}

/** A link to another panel. */
export function To({ id, children }: { id: PanelId; children?: ReactNode }) {
  return (
    <Anchor href={`#${id}`} inherit underline="always">
      {children ?? titleOf(id)}
    </Anchor>
  );
}

/** What a panel waits for. */
export function Waits({ children }: { children: ReactNode }) {
  return (
    <Text size="sm" c="dimmed" component="div">
      {children}
    </Text>
  );
}
