import { Badge, Card, Group, Progress, SimpleGrid, Skeleton, Stack, Text } from '@mantine/core';
import { IconMoon, IconServer } from '@tabler/icons-react';
import type { Schemas } from '../api/types';
import { count } from '../kit/chart/chart';
import { TimeText } from '../kit/TimeText';
import { hostAmong, useHosts } from './data';
import { percent } from './model';

/** How the throttle rates the host that the integration calls, and why. */
export function HostCard({ api, host }: { api: string; host: string }) {
  const hosts = useHosts(api);
  if (!host || host.includes('{{')) return <Card withBorder padding="sm"><Title name="Host" /><Text size="sm" c="dimmed">A template names the host, so that each event may have another one.</Text></Card>;
  const state = hostAmong(hosts.data, host);
  return (
    <Card withBorder padding="sm" mih={112}>
      <Stack gap="xs">
        <Group justify="space-between" gap="xs">
          <Title name={host} />
          {hosts.isError ? <Badge color="gray" variant="light">Unknown</Badge> : <StateBadge state={state} />}
        </Group>
        {hosts.isPending ? <Skeleton height={42} /> : state && state.success + state.error > 0 ? <Rating state={state} /> : <Text size="sm" c="dimmed">{hosts.isError ? 'Its rating cannot be shown.' : 'No call in the last minute: every call is made.'}</Text>}
      </Stack>
    </Card>
  );
}

function Title({ name }: { name: string }) {
  return (
    <Group gap={8} wrap="nowrap" miw={0}>
      <IconServer size={18} stroke={1.6} aria-hidden />
      <Text fw={600} className="fh-mono" component="h3" m={0}>
        {name}
      </Text>
    </Group>
  );
}

function StateBadge({ state }: { state: Schemas['Host'] | undefined }) {
  if (state?.state === 'sleeping') {
    return (
      <Badge variant="light" color="violet" leftSection={<IconMoon size={12} />}>
        Sleeping
      </Badge>
    );
  }
  return (
    <Badge variant="light" color="field">
      Open
    </Badge>
  );
}

function Rating({ state }: { state: Schemas['Host'] }) {
  const asleep = state.state === 'sleeping';
  const reason = state.reason ? `${state.reason}.` : `${percent(state.skip)} of the calls are skipped.`;
  return (
    <Stack gap="xs">
      {asleep && (
        <Text size="sm">
          The host is spared, and what is skipped counts as sleep. {reason}
        </Text>
      )}
      <Progress.Root size={10} radius="sm" aria-hidden>
        <Progress.Section value={(100 * state.success) / (state.success + state.error)} color="blue.6" />
        <Progress.Section value={(100 * state.error) / (state.success + state.error)} color="red.6" />
      </Progress.Root>
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing={4}>
        <Text size="sm">
          In the last minute <b>{count(state.success)}</b> succeeded and <b>{count(state.error)}</b> failed.
        </Text>
        {asleep && state.probe_at && (
          <Text size="sm">
            One call is let through to try from <TimeText at={state.probe_at} size="sm" fw={600} />.
          </Text>
        )}
      </SimpleGrid>
      {state.last_error && (
        <Text size="sm" c="dimmed">
          Last error, <TimeText at={state.last_error_at} />: <span className="fh-mono">{state.last_error}</span>
        </Text>
      )}
    </Stack>
  );
}
