import { Anchor, Card, Group, Progress, Skeleton, Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { outcomeText } from '../integrations/calls';
import { percent, successRate, titleOf } from '../integrations/model';
import { count } from '../kit/chart/chart';
import { TimeText } from '../kit/TimeText';
import { useFailures } from './data';
import type { Busy } from './figures';

const line = { borderTop: '1px solid var(--mantine-color-default-border)' };

function Box({ title, more, children }: { title: string; more?: ReactNode; children: ReactNode }) {
  return (
    <Card withBorder padding="sm" component="section" aria-label={title} mih={240}>
      <Group justify="space-between" mb="xs">
        <Title order={2} size="h5">
          {title}
        </Title>
        {more}
      </Group>
      {children}
    </Card>
  );
}

/** The integrations that had most to do today. */
export function Busiest({ busy, none }: { busy: Busy[] | undefined; none: boolean }) {
  return (
    <Box
      title="Busiest integrations today"
      more={
        <Anchor component={Link} href="/integrations" size="sm">
          All integrations
        </Anchor>
      }
    >
      {!busy && <Skeleton height={160} />}
      {busy?.length === 0 && (
        <Text size="sm" c="dimmed">
          {none ? 'There is no integration yet.' : 'No event has triggered one today.'}
        </Text>
      )}
      {busy?.slice(0, 5).map(({ integration, today }) => (
        <Stack key={integration.id} gap={4} py={7} style={line}>
          <Group justify="space-between" gap="xs" wrap="nowrap">
            <Anchor component={Link} href={`/integrations/webhooks/${integration.id}`} size="sm" fw={600} truncate>
              {titleOf(integration)}
            </Anchor>
            <Text size="xs" c="dimmed" style={{ whiteSpace: 'nowrap' }}>
              {today.attempts > 0 ? `${percent(successRate(today))} of ${count(today.attempts)}` : `${count(today.sleep)} asleep`}
            </Text>
          </Group>
          <Progress.Root size={6} aria-hidden>
            <Progress.Section value={share(today.success, today)} color="blue.6" />
            <Progress.Section value={share(today.error, today)} color="red.6" />
            <Progress.Section value={share(today.sleep, today)} color="gray.5" />
          </Progress.Root>
        </Stack>
      ))}
    </Box>
  );
}

const share = (n: number, day: Busy['today']) => (100 * n) / Math.max(1, day.success + day.error + day.sleep);

/** The calls that failed last. */
export function Failures({ busy }: { busy: Busy[] | undefined }) {
  const { failures, isPending } = useFailures(busy ?? []);
  return (
    <Box title="Last errors">
      {(!busy || isPending) && failures.length === 0 && busy?.some((b) => b.today.error > 0) !== false && <Skeleton height={160} />}
      {busy && !isPending && failures.length === 0 && (
        <Text size="sm" c="dimmed">
          None today.
        </Text>
      )}
      {failures.map(({ integration, call }) => (
        <Group key={`${integration.id} ${call.id}`} gap="sm" py={7} wrap="nowrap" style={line}>
          <Text size="sm" fw={600} c="red" maw={130} truncate title={call.error}>
            {outcomeText(call)}
          </Text>
          <Anchor component={Link} href={`/integrations/webhooks/${integration.id}?tab=calls&call=${call.id}`} size="sm" truncate style={{ flex: 1 }}>
            {titleOf(integration)}
          </Anchor>
          <TimeText at={call.time} size="xs" c="dimmed" style={{ whiteSpace: 'nowrap' }} />
        </Group>
      ))}
    </Box>
  );
}
