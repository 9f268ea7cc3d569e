import { Badge, Box, Button, Card, Drawer, Group, Select, Stack, Text, TextInput } from '@mantine/core';
import { useHotkeys, useMediaQuery } from '@mantine/hooks';
import { IconActivity, IconPlayerPause, IconPlayerPlay, IconSend, IconTrash } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';
import { useSearchParams } from 'wouter';
import { api } from '../api/client';
import type { StreamState } from '../api/stream';
import type { Device } from '../api/types';
import { useScope } from '../app/scope';
import { Guard } from '../kit/Guard';
import { Page } from '../kit/Page';
import { Denied, Empty } from '../kit/states';
import { type Entry, type EventFilter, type EventKind } from './entry';
import { EventDetail, EventGone } from './EventDetail';
import { EventList } from './EventList';
import { looks } from './look';
import { PublishDialog } from './PublishDialog';
import { useEvents } from './useEvents';
import { useOpened } from './useOpened';

/** The live events of a scope. Filter and opened event stand in the address. */
export default function EventsPage() {
  const { log, view, state, failure } = useEvents();
  const [params, setParams] = useSearchParams();
  const [paused, setPaused] = useState(false);
  const [away, setAway] = useState(false);
  const [publishing, setPublishing] = useState<{ name?: string; data?: string }>();
  const names = useDeviceNames();
  const narrow = useMediaQuery('(max-width: 62em)', false, { getInitialValueInEffect: false });
  const filter = useMemo((): EventFilter => ({ prefix: params.get('name') ?? '', device: params.get('device') ?? '', kind: (params.get('kind') ?? '') as EventKind | '' }), [params]);
  const opened = Number(params.get('event') ?? 0) || undefined;
  const { entry, error } = useOpened(view.shown, opened);
  useEffect(() => log.setFilter(filter), [log, filter]);
  useEffect(() => log.hold(paused || away), [log, paused, away]);
  useHotkeys([['p', () => setPaused((p) => !p)]]);
  const change = (changes: Record<string, string | undefined>) =>
    setParams(
      (old) => {
        const next = new URLSearchParams(old);
        for (const [key, value] of Object.entries(changes)) {
          if (value) next.set(key, value);
          else next.delete(key);
        }
        return next;
      },
      { replace: true },
    );
  if (state === 'failed' && failure) return <Denied what="The event stream" error={failure} />;
  const close = () => change({ event: undefined });
  const detail = entry ? (
    <EventDetail
      key={entry.seq}
      entry={entry}
      name={names.get(entry.device)}
      onClose={close}
      onPublish={(e) => setPublishing({ name: e.name, data: e.data ?? '' })}
    />
  ) : (
    !!error && <EventGone error={error} onClose={close} />
  );
  return (
    <Page
      title="Events"
      about="Live, newest first. What the hub does about an event (hook-sent, hook-response, hook-error) appears among the others."
      actions={
        <Guard action="events:publish">
          <Button leftSection={<IconSend size={16} />} onClick={() => setPublishing({})}>
            Publish event
          </Button>
        </Guard>
      }
    >
      <Toolbar filter={filter} change={change} paused={paused} setPaused={setPaused} state={state} kept={view.kept} clear={() => log.clear()} />
      <Group align="flex-start" gap="md" wrap="nowrap">
        <Stack gap="xs" style={{ flex: 1, minWidth: 0 }}>
          <Waiting count={view.held ? view.waiting : 0} show={() => (setPaused(false), setAway(false), document.querySelector('[role="listbox"]')?.scrollTo({ top: 0 }))} />
          <Box pos="relative">
            <EventList entries={view.shown} selected={opened} onSelect={(e?: Entry) => change({ event: e && String(e.seq) })} onAway={setAway} names={names} height="max(320px, calc(100dvh - 290px))" />
            {view.shown.length === 0 && <Nothing filtered={view.kept > 0} publish={() => setPublishing({})} />}
          </Box>
        </Stack>
        {detail && !narrow && (
          <Card withBorder w={420} mah="calc(100dvh - 200px)" style={{ overflowY: 'auto', flex: 'none' }} component="section" aria-label="Event" tabIndex={0}>
            {detail}
          </Card>
        )}
      </Group>
      {narrow && (
        <Drawer opened={!!detail} onClose={close} position="bottom" size="85%" withCloseButton={false} title="Event">
          {detail}
        </Drawer>
      )}
      <PublishDialog opened={publishing !== undefined} onClose={() => setPublishing(undefined)} {...publishing} />
    </Page>
  );
}

type ToolbarProps = {
  filter: EventFilter;
  change: (changes: Record<string, string | undefined>) => void;
  paused: boolean;
  setPaused: (p: boolean) => void;
  state: StreamState;
  kept: number;
  clear: () => void;
};

function Toolbar({ filter, change, paused, setPaused, state, kept, clear }: ToolbarProps) {
  return (
    <Group gap="sm" align="flex-end">
      <TextInput label="Name begins with" placeholder="any" value={filter.prefix} onChange={(e) => change({ name: e.currentTarget.value })} w={170} />
      <TextInput label="Device" placeholder="any id, api" value={filter.device} onChange={(e) => change({ device: e.currentTarget.value.trim().toLowerCase() })} w={170} />
      <Select
        label="Kind"
        clearable
        placeholder="any"
        w={160}
        value={filter.kind || null}
        data={Object.entries(looks).map(([value, { label }]) => ({ value, label }))}
        onChange={(kind) => change({ kind: kind ?? undefined })}
      />
      <Button variant="default" w={110} leftSection={paused ? <IconPlayerPlay size={16} /> : <IconPlayerPause size={16} />} onClick={() => setPaused(!paused)} title="Key P">
        {paused ? 'Resume' : 'Pause'}
      </Button>
      <Button variant="subtle" color="gray" leftSection={<IconTrash size={16} />} onClick={clear} disabled={kept === 0}>
        Clear
      </Button>
      <Group gap="xs" ml="auto" h={36}>
        <State state={state} paused={paused} />
        <Text size="sm" c="dimmed" role="note" aria-label={`${kept} events kept`}>
          {kept.toLocaleString()} kept
        </Text>
      </Group>
    </Group>
  );
}

const states: Record<StreamState, { label: string; color: string }> = {
  connecting: { label: 'Connecting', color: 'gray' },
  live: { label: 'Live', color: 'teal.6' },
  waiting: { label: 'Reconnecting', color: 'orange' },
  failed: { label: 'Closed', color: 'red' },
};

function State({ state, paused }: { state: StreamState; paused: boolean }) {
  const { label, color } = paused && state === 'live' ? { label: 'Paused', color: 'yellow' } : states[state];
  return (
    <Badge variant="dot" color={color} tt="none" role="status">
      {label}
    </Badge>
  );
}

/** The way back to the newest events, while the list stands still. */
function Waiting({ count, show }: { count: number; show: () => void }) {
  if (count === 0) return null;
  return (
    <Button variant="light" size="xs" onClick={show} style={{ alignSelf: 'center' }}>
      Show {count.toLocaleString()} new {count === 1 ? 'event' : 'events'}
    </Button>
  );
}

function Nothing({ filtered, publish }: { filtered: boolean; publish: () => void }) {
  return (
    <Box pos="absolute" inset={0} style={{ pointerEvents: 'none' }}>
      <Empty
        icon={IconActivity}
        title={filtered ? 'No event passes the filter' : 'No events yet'}
        action={
          filtered ? undefined : (
            <Guard action="events:publish">
              <Button variant="light" onClick={publish} style={{ pointerEvents: 'auto' }}>
                Publish the first one
              </Button>
            </Guard>
          )
        }
      >
        {filtered ? 'Those that pass will appear here as they arrive.' : 'Events of your devices appear here as they arrive, and so do those that you publish yourself.'}
      </Empty>
    </Box>
  );
}

/** Names of the first hundred devices; the others are shown by their ids. */
function useDeviceNames(): ReadonlyMap<string, string> {
  const scope = useScope();
  const devices = useQuery({
    queryKey: ['devices', scope.api, 'names'],
    queryFn: async () => {
      const got = await api.get<Device[] | { devices: Device[] }>(`${scope.api}/devices`, { per_page: 100 });
      return Array.isArray(got) ? got : got.devices;
    },
    enabled: scope.kind !== 'organization',
    staleTime: 60_000,
  });
  return useMemo(() => new Map((devices.data ?? []).flatMap((d) => (d.name ? [[d.id, d.name]] : []))), [devices.data]);
}

