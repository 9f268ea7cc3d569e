import { Group, Progress, Stack, Text } from '@mantine/core';
import { exactSpan } from '../kit/time';
import { phasesOf, type Timing } from './http';

const shades = ['gray.6', 'blue.6', 'violet.6', 'field.7', 'orange.6'];
const order = ['Name look-up', 'Connecting', 'TLS', 'Waiting for the answer'];
const shadeOf = (name: string) => shades[order.includes(name) ? order.indexOf(name) : 4] ?? 'gray.6';

/** How long each phase of a call took, as one bar and in words. */
export function Phases({ timing }: { timing: Timing }) {
  const phases = phasesOf(timing);
  return (
    <Stack gap={6}>
      <Text size="sm" fw={600}>
        Timing: {exactSpan(timing.total)} in all
      </Text>
      <Progress.Root size={12} radius="sm" aria-hidden>
        {phases.map((p) => (
          <Progress.Section key={p.name} value={timing.total > 0 ? (100 * p.ms) / timing.total : 0} color={shadeOf(p.name)} />
        ))}
      </Progress.Root>
      <Group gap="md">
        {phases.map((p) => (
          <Group key={p.name} gap={6} wrap="nowrap">
            <span aria-hidden style={{ width: 10, height: 10, borderRadius: 3, background: `var(--mantine-color-${shadeOf(p.name).replace('.', '-')})` }} />
            <Text size="xs">
              {p.name} <b>{exactSpan(p.ms)}</b>
            </Text>
          </Group>
        ))}
      </Group>
    </Stack>
  );
}
