import { Alert, Badge, Button, Card, Group, Modal, NumberInput, Progress, Radio, SimpleGrid, Stack, Text, TextInput } from '@mantine/core';
import { IconAlertTriangle, IconRepeat } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, messageOf } from '../api/client';
import type { Schemas } from '../api/types';
import { count } from '../kit/chart/chart';
import { tell } from '../kit/notify';
import { Answered } from '../kit/states';
import { TimeText } from '../kit/TimeText';
import { Allowed } from './Allowed';
import { fromInput, localInput } from './calls';
import type { Opened } from './data';

type Replay = Schemas['Replay'];

/** Replays of an integration; while one runs, its progress is asked for each second. */
export function useReplays(path: string) {
  return useQuery({
    queryKey: ['replays', path],
    queryFn: () => api.get<{ replays: Replay[] }>(`${path}/replays`).then((a) => a.replays),
    refetchInterval: (query) => (query.state.data?.some((r) => r.state === 'running') ? 700 : 10_000),
  });
}

const kinds: Record<Replay['kind'], string> = { dead_letters: 'All dead letters', range: 'All events of a time', failures: 'Failures of a time' };

export function Replays({ at }: { at: Opened }) {
  const { path } = at;
  const replays = useReplays(path);
  return (
    <Answered query={replays} what="The list of replays" rows={2}>
      {(all) =>
        all.length === 0 ? (
          <Card withBorder padding="sm">
            <Text size="sm" c="dimmed">
              No replay yet. Deliver events of the past again after an outage, after a wrong setting, or to fill a new web service.
            </Text>
          </Card>
        ) : (
          <Stack gap="xs">
            {all.map((r) => (
              <OneReplay key={r.id} replay={r} at={at} />
            ))}
          </Stack>
        )
      }
    </Answered>
  );
}

const colors: Record<Replay['state'], string> = { running: 'blue', finished: 'field', cancelled: 'gray', failed: 'red' };

function OneReplay({ replay: r, at }: { replay: Replay; at: Opened }) {
  const { path } = at;
  const client = useQueryClient();
  const cancel = useMutation({
    mutationFn: () => api.delete(`${path}/replays/${r.id}`),
    onError: tell.failure('Not cancelled'),
    onSettled: () => client.invalidateQueries({ queryKey: ['replays', path] }),
  });
  return (
    <Card withBorder padding="sm">
      <Group justify="space-between" gap="xs">
        <Group gap="xs">
          <Text fw={600} size="sm">
            {kinds[r.kind]}
          </Text>
          <Badge variant="light" color={colors[r.state]}>
            {r.state}
          </Badge>
        </Group>
        {r.state === 'running' && (
          <Allowed at={at} action="integrations:replay">
            <Button size="xs" variant="default" loading={cancel.isPending} onClick={() => cancel.mutate()}>
              Cancel
            </Button>
          </Allowed>
        )}
      </Group>
      <Progress value={r.percent} color={colors[r.state]} my={8} aria-label={`Progress of replay ${r.id}`} animated={r.state === 'running'} />
      <Group gap="md">
        <Text size="xs" role={r.state === 'running' ? 'status' : undefined}>
          {r.percent} %, {count(r.accepted)} {r.accepted === 1 ? 'event' : 'events'} delivered again
        </Text>
        {r.missing > 0 && <Text size="xs">{count(r.missing)} no longer kept</Text>}
        <Text size="xs" c="dimmed">
          {count(r.rate)} a second, started <TimeText at={r.started_at} />
          {r.ended_at && (
            <>
              , ended <TimeText at={r.ended_at} />
            </>
          )}
        </Text>
      </Group>
    </Card>
  );
}

export type What = 'dead_letters' | 'range' | 'failures';

/** Asks what to deliver again, and how fast. */
export function ReplayDialog({ opened, onClose, path, first = 'failures' }: { opened: boolean; onClose: () => void; path: string; first?: What }) {
  return (
    <Modal opened={opened} onClose={onClose} title="Replay events" size="md">
      <ReplayForm path={path} first={first} done={onClose} />
    </Modal>
  );
}

const hour = 3_600_000;

function ReplayForm({ path, first, done }: { path: string; first: What; done: () => void }) {
  const client = useQueryClient();
  const [what, setWhat] = useState<What>(first);
  const [from, setFrom] = useState(() => localInput(new Date(Date.now() - 24 * hour).toISOString()));
  const [to, setTo] = useState(() => localInput(new Date(Date.now() + 60_000).toISOString()));
  const [rate, setRate] = useState<number | string>(10);
  const start = useMutation({
    mutationFn: () => {
      const range = { from: fromInput(from), to: fromInput(to), ...(what === 'failures' ? { only: 'failures' } : {}) };
      return api.post(`${path}/replays`, { rate: Number(rate) || 10, ...(what === 'dead_letters' ? { dead_letters: true } : range) });
    },
    onSuccess: async () => {
      tell.done('The replay has begun.');
      await client.invalidateQueries({ queryKey: ['replays', path] });
      done();
    },
  });
  return (
    <form
      onSubmit={(e) => {
        e.preventDefault();
        start.mutate();
      }}
    >
      <Stack>
        <Radio.Group label="What to deliver again" value={what} onChange={(v) => setWhat(v as What)}>
          <Stack gap={8} mt={6}>
            <Radio value="failures" label="Failures" description="Events of a time whose last delivery ended without success" />
            <Radio value="range" label="Everything" description="All events of a time, also those that went well" />
            <Radio value="dead_letters" label="All dead letters" description="Deliveries that were given up" />
          </Stack>
        </Radio.Group>
        {what !== 'dead_letters' && (
          <SimpleGrid cols={{ base: 1, xs: 2 }}>
            <TextInput type="datetime-local" label="From" required value={from} onChange={(e) => setFrom(e.currentTarget.value)} />
            <TextInput type="datetime-local" label="To" required value={to} onChange={(e) => setTo(e.currentTarget.value)} />
          </SimpleGrid>
        )}
        <NumberInput label="Events a second" description="So that the web service is not overrun" min={1} max={1000} clampBehavior="strict" value={rate} onChange={setRate} />
        {start.isError && (
          <Alert color="red" variant="light" icon={<IconAlertTriangle />}>
            {messageOf(start.error)}
          </Alert>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={done}>
            Cancel
          </Button>
          <Button type="submit" loading={start.isPending} leftSection={<IconRepeat size={16} />}>
            Start replay
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
