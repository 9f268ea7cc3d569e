import { Anchor, Badge, Button, Drawer, Group, Stack, Text } from '@mantine/core';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { IconInbox } from '@tabler/icons-react';
import { useState } from 'react';
import { api } from '../api/client';
import type { Schemas } from '../api/types';
import { useHub } from '../app/hub';
import { Snippet } from '../kit/Snippet';
import { Answered, Empty } from '../kit/states';
import { TimeText } from '../kit/TimeText';
import { useBuilder } from './context';
import { getText, putText } from './mapping';
import { randomName } from './random';

/** The name of the request bin of this hub that a URL leads to. */
export function binOf(url: string, bins: string | null | undefined): string | undefined {
  if (!bins || !url.startsWith(bins)) return undefined;
  return /^[A-Za-z0-9_-]{1,64}(?=$|[?#])/.exec(url.slice(bins.length))?.[0];
}

/** What a bin has recorded. */
export function requestsOf(name: string) {
  return queryOptions({ queryKey: ['bin', name], queryFn: () => api.get<Schemas['RecordedRequest'][]>(`/bin/${name}/requests`) });
}

/** Offers the hub's request bin as a target, and shows what arrived there. */
export function BinHelp() {
  const { doc, edit } = useBuilder();
  const hub = useHub();
  const [opened, setOpened] = useState(false);
  const bins = hub.data?.request_bin;
  if (!bins) return null;
  const bin = binOf(getText(doc, 'url'), bins);
  return (
    <Group gap="xs">
      {bin ? (
        <Button size="compact-xs" variant="default" leftSection={<IconInbox size={14} />} onClick={() => setOpened(true)}>
          See what arrived
        </Button>
      ) : (
        <Button size="compact-xs" variant="default" leftSection={<IconInbox size={14} />} onClick={() => edit((d) => putText(d, 'url', bins + randomName(16)))}>
          Use the hub's request bin
        </Button>
      )}
      <Text size="xs" c="dimmed">
        {bin ? 'A request bin keeps what it is sent for a while.' : 'No service at hand yet? It records what is sent, to look at.'}
      </Text>
      <Drawer opened={opened} onClose={() => setOpened(false)} title="Request bin" position="right" size="lg">
        {bin && opened && <BinRequests name={bin} />}
      </Drawer>
    </Group>
  );
}

/** What a bin has recorded, newest first. */
export function BinRequests({ name }: { name: string }) {
  const query = useQuery({ ...requestsOf(name), refetchInterval: 2_000 });
  return (
    <Stack>
      <Text size="sm" c="dimmed">
        The last requests that <span className="fh-mono">/bin/{name}</span> was sent, newest first. <Anchor href={`/bin/${name}/requests`} target="_blank" size="sm">As JSON</Anchor>
      </Text>
      <Answered query={query} what="The request bin" rows={3}>
        {(all) =>
          all.length === 0 ? (
            <Empty icon={IconInbox} title="Nothing has arrived yet">
              Save the integration and test it, or publish an event that triggers it. What arrives shows here by itself.
            </Empty>
          ) : (
            <Stack>
              {all.map((r, i) => (
                <Recorded key={`${r.time}${i}`} request={r} />
              ))}
            </Stack>
          )
        }
      </Answered>
    </Stack>
  );
}

function Recorded({ request: r }: { request: Schemas['RecordedRequest'] }) {
  const head = Object.entries(r.header).flatMap(([name, values]) => values.map((v) => `${name}: ${v}`));
  return (
    <Stack gap={4}>
      <Group gap="xs">
        <TimeText at={r.time} size="sm" fw={600} />
        {r.base64 && <Badge variant="light">body in base64</Badge>}
        {r.truncated && <Badge variant="light">cut</Badge>}
      </Group>
      <Snippet title="Request" text={`${r.method} ${r.target}\n${head.join('\n')}\n\n${r.body}`} wrap maxHeight={260} />
    </Stack>
  );
}
