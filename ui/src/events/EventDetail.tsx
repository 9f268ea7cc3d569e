import { ActionIcon, Badge, Button, Code, Divider, Group, ScrollArea, Stack, Text, Title } from '@mantine/core';
import { IconPlus, IconRepeat, IconX } from '@tabler/icons-react';
import { Link } from 'wouter';
import { isMissing, messageOf } from '../api/client';
import { Copy } from '../kit/Copy';
import { Guard } from '../kit/Guard';
import { pretty } from '../kit/json';
import { TimeText } from '../kit/TimeText';
import type { Entry } from './entry';
import { EventPath } from './EventPath';
import { looks, publisherOf } from './look';

type Props = { entry: Entry; name: string | undefined; onClose: () => void; onPublish: (e: Entry) => void };

/** One event: what it is, what can be done with it, and what became of it. */
export function EventDetail({ entry, name, onClose, onPublish }: Props) {
  const look = looks[entry.kind];
  const ofIntegration = entry.kind === 'sent' || entry.kind === 'response' || entry.kind === 'error';
  const create = `/integrations/webhooks/create?${new URLSearchParams({ event: entry.name, data: entry.data ?? '' }).toString()}`;
  return (
    <Stack gap="sm">
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <Title order={2} size="h4" style={{ overflowWrap: 'anywhere' }}>
          {entry.name}
        </Title>
        <ActionIcon variant="subtle" color="gray" onClick={onClose} aria-label="Close the event">
          <IconX size={18} />
        </ActionIcon>
      </Group>
      <Group gap="xs">
        <Badge variant="light" color={look.color} tt="none">
          {look.label}
        </Badge>
        <TimeText at={entry.at} size="sm" c="dimmed" />
      </Group>
      <Group gap={6}>
        <Text size="sm">Published by</Text>
        <Text size="sm" fw={500} className="fh-mono">
          {name ?? publisherOf(entry.device)}
        </Text>
        {/^[0-9a-f]{24}$/.test(entry.device) && <Copy text={entry.device} what="the device id" />}
      </Group>
      <Group gap="xs">
        <Guard action="events:publish">
          <Button size="xs" variant="default" leftSection={<IconRepeat size={14} />} onClick={() => onPublish(entry)}>
            Publish again
          </Button>
        </Guard>
        {!ofIntegration && (
          <Guard action="integrations:create">
            <Button size="xs" component={Link} href={create} leftSection={<IconPlus size={14} />}>
              Create an integration from this
            </Button>
          </Guard>
        )}
      </Group>
      <Divider label="Data" labelPosition="left" />
      <Data data={entry.data} />
      <Divider label="What became of it" labelPosition="left" />
      <EventPath entry={entry} />
    </Stack>
  );
}

/** An event that an address names and the hub does not give. */
export function EventGone({ error, onClose }: { error: unknown; onClose: () => void }) {
  return (
    <Stack gap="sm" align="flex-start">
      <Title order={2} size="h4">
        The event is not there
      </Title>
      <Text size="sm">{isMissing(error) ? 'The hub does not keep it any more, or it is none of this scope.' : messageOf(error)}</Text>
      <Button size="xs" variant="default" onClick={onClose}>
        Close
      </Button>
    </Stack>
  );
}

function Data({ data }: { data: string | null }) {
  if (data === null || data === '') {
    return (
      <Text size="sm" c="dimmed">
        Published without data.
      </Text>
    );
  }
  return (
    <div style={{ position: 'relative' }}>
      <ScrollArea.Autosize mah={260} viewportProps={{ tabIndex: 0, 'aria-label': 'The data of the event' }}>
        <Code block>{pretty(data)}</Code>
      </ScrollArea.Autosize>
      <div style={{ position: 'absolute', top: 6, right: 6 }}>
        <Copy text={data} what="the data" />
      </div>
    </div>
  );
}
