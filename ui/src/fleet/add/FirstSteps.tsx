import { Alert, Button, Group, Loader, SegmentedControl, Stack, Text } from '@mantine/core';
import { IconCircleCheck } from '@tabler/icons-react';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { useEvents } from '../../events/useEvents';
import { Copy } from '../../kit/Copy';
import { Once } from '../../kit/Once';
import { Snippet } from '../../kit/Snippet';
import { clock } from '../../kit/time';
import { kinds, type SnippetKind, snippetOf } from '../snippets';
import type { Added } from './AddDevice';

/** The token, a program to try it with, and a light that goes on at the first event. */
export function FirstSteps({ added, onClose }: { added: Added; onClose: () => void }) {
  const [kind, setKind] = useState<SnippetKind>('curl');
  const [, go] = useLocation();
  return (
    <Stack>
      <Group gap={4}>
        <Text size="sm">Device id</Text>
        <Text span size="sm" className="fh-mono">
          {added.id}
        </Text>
        <Copy text={added.id} what="the device id" />
      </Group>
      <Once value={added.token} what="the token of the device" />
      <div>
        <SegmentedControl size="xs" mb="xs" aria-label="Program" data={kinds} value={kind} onChange={(v) => setKind(v as SnippetKind)} />
        <Snippet title="Publish a first event" text={snippetOf(kind, window.location.origin, added.token)} maxHeight={220} />
      </div>
      <FirstEvent device={added.id} />
      <Group justify="flex-end">
        <Button variant="default" onClick={() => go(`/devices/${added.id}`)}>
          Open the device
        </Button>
        <Button onClick={onClose}>Done</Button>
      </Group>
    </Stack>
  );
}

function FirstEvent({ device }: { device: string }) {
  const { view, state, failure } = useEvents(device);
  const opened = useState(() => Date.now() - 60_000)[0]; // a device that was known before may have older events; clocks may differ a little
  const first = view.shown.find((e) => e.device === device && e.kind === 'published' && Date.parse(e.at) > opened);
  if (first) {
    return (
      <Alert color="field" variant="light" icon={<IconCircleCheck />} title="The first event is here" role="status">
        <Text size="sm">
          <b>{first.name}</b> {first.data !== null && <span className="fh-mono">{first.data.slice(0, 80)}</span>} at {clock(new Date(first.at))}
        </Text>
      </Alert>
    );
  }
  return (
    <Alert color="gray" variant="light" icon={<Loader size={18} />} title="Waiting for its first event" role="status">
      <Text size="sm">{state === 'failed' ? (failure?.message ?? 'The stream is closed.') : 'Run the program above; this changes as soon as the event arrives.'}</Text>
    </Alert>
  );
}
