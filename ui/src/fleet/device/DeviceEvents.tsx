import { Badge, Box, Card, Drawer, Group, Stack, Text } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconActivity } from '@tabler/icons-react';
import { useState } from 'react';
import { useSearchParams } from 'wouter';
import type { Device } from '../../api/types';
import { EventDetail, EventGone } from '../../events/EventDetail';
import { EventList } from '../../events/EventList';
import { PublishDialog } from '../../events/PublishDialog';
import { useEvents } from '../../events/useEvents';
import { useOpened } from '../../events/useOpened';
import { Denied, Empty } from '../../kit/states';

/** The live events of one device, and what became of each. */
export function DeviceEvents({ device }: { device: Device }) {
  const { log, view, state, failure } = useEvents(device.id);
  const [params, setParams] = useSearchParams();
  const [publishing, setPublishing] = useState<{ name?: string; data?: string }>();
  const narrow = useMediaQuery('(max-width: 62em)', false, { getInitialValueInEffect: false });
  const opened = Number(params.get('event') ?? 0) || undefined;
  const { entry, error } = useOpened(view.shown, opened);
  const open = (seq: number | undefined) => setParams(seq ? { tab: 'events', event: String(seq) } : { tab: 'events' }, { replace: true });
  if (state === 'failed' && failure) return <Denied what="The event stream" error={failure} />;
  const detail = entry ? (
    <EventDetail key={entry.seq} entry={entry} name={device.name ?? undefined} onClose={() => open(undefined)} onPublish={(e) => setPublishing({ name: e.name, data: e.data ?? '' })} />
  ) : (
    !!error && <EventGone error={error} onClose={() => open(undefined)} />
  );
  return (
    <Stack gap="xs">
      <Group justify="space-between">
        <Text size="sm" c="dimmed">
          Live, newest first. Choose an event to see what became of it.
        </Text>
        <Badge variant="dot" color={state === 'live' ? 'field' : 'orange'} tt="none" role="status">
          {state === 'live' ? 'Live' : 'Connecting'}
        </Badge>
      </Group>
      <Group align="flex-start" gap="md" wrap="nowrap">
        <Box pos="relative" style={{ flex: 1, minWidth: 0 }}>
          <EventList entries={view.shown} selected={opened} onSelect={(e) => open(e?.seq)} onAway={(away) => log.hold(away)} names={new Map(device.name ? [[device.id, device.name]] : [])} height="max(320px, calc(100dvh - 330px))" />
          {view.shown.length === 0 && (
            <Box pos="absolute" inset={0} style={{ pointerEvents: 'none' }}>
              <Empty icon={IconActivity} title="No events of this device yet">
                They appear here as they arrive. A token for it is under Credentials.
              </Empty>
            </Box>
          )}
        </Box>
        {detail && !narrow && (
          <Card withBorder w={400} mah="calc(100dvh - 240px)" style={{ overflowY: 'auto', flex: 'none' }} component="section" aria-label="Event" tabIndex={0}>
            {detail}
          </Card>
        )}
      </Group>
      {narrow && (
        <Drawer opened={Boolean(detail)} onClose={() => open(undefined)} position="bottom" size="85%" withCloseButton={false} title="Event">
          {detail}
        </Drawer>
      )}
      <PublishDialog opened={publishing !== undefined} onClose={() => setPublishing(undefined)} {...publishing} />
    </Stack>
  );
}
