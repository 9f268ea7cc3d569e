import { Badge, Group, Text, Tooltip } from '@mantine/core';
import type { Device } from '../api/types';
import { Nothing } from '../kit/table/DataTable';
import { marksOf } from './query';

export function Online({ online }: { online: boolean }) {
  return (
    <Tooltip label={online ? 'It holds an event stream open.' : 'It holds no event stream open. Publishing needs none.'} multiline w={220}>
      <Badge variant="dot" color={online ? 'field' : 'gray.5'} tt="none">
        {online ? 'Online' : 'Offline'}
      </Badge>
    </Tooltip>
  );
}

export function Marks({ device }: { device: Pick<Device, 'denied' | 'quarantined' | 'development'> }) {
  return marksOf(device).map((m) => (
    <Tooltip key={m.label} label={m.why}>
      <Badge variant="light" color={m.color} tt="none">
        {m.label}
      </Badge>
    </Tooltip>
  ));
}

export function Groups({ names }: { names: readonly string[] }) {
  if (names.length === 0) return <Nothing />;
  return (
    <Group gap={4}>
      {names.slice(0, 3).map((name) => (
        <Badge key={name} variant="default" tt="none" fw={500}>
          {name}
        </Badge>
      ))}
      {names.length > 3 && (
        <Tooltip label={names.slice(3).join(', ')}>
          <Text span size="xs" c="dimmed">
            and {names.length - 3} more
          </Text>
        </Tooltip>
      )}
    </Group>
  );
}
