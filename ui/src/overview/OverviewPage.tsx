import { Badge, Button, Card, Group, SimpleGrid, Skeleton, Stack } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconMoon, IconSend } from '@tabler/icons-react';
import { useHub } from '../app/hub';
import { useScope } from '../app/scope';
import { PublishDialog } from '../events/PublishDialog';
import { useCounters, useHosts, useIntegrations } from '../integrations/data';
import { Figure, OutcomeChart } from '../integrations/History';
import { hostName, successText, urlOf } from '../integrations/model';
import { count } from '../kit/chart/chart';
import { Guard } from '../kit/Guard';
import { Page } from '../kit/Page';
import { Denied } from '../kit/states';
import { useMembers, useUsage } from './data';
import { addUp, busiest, lastDays, stepsOf } from './figures';
import { Busiest, Failures } from './Lists';
import { Next, Shortcuts } from './Next';

const abouts = {
  sandbox: 'Your own devices, and what happens with their events.',
  product: 'The fleet of this product, and what happens with its events.',
  organization: 'All products of the organization, and what happens with their events.',
};

/** How the scope is doing today, and what to do next. */
export default function OverviewPage() {
  const scope = useScope();
  const hub = useHub();
  const integrations = useIntegrations();
  const counters = useCounters(30);
  const hosts = useHosts(scope.api);
  const usage = useUsage();
  const members = useMembers();
  const [publishing, publish] = useDisclosure();
  if (integrations.isError && !integrations.data) {
    return (
      <Page title={scope.label}>
        <Denied what="The overview" error={integrations.error} again={() => void integrations.refetch()} />
      </Page>
    );
  }
  const dates = lastDays(30);
  const today = dates.at(-1) ?? '';
  const days = counters.data && addUp(dates, counters.data.values());
  const busy = integrations.data && counters.data && busiest(integrations.data, counters.data, today);
  const events = usage.data?.usage.find((row) => row.date === today)?.events ?? 0;
  const own = new Set(integrations.data?.map((i) => hostName(urlOf(i))));
  const asleep = hosts.data?.filter((h) => h.state === 'sleeping' && own.has(h.host)) ?? [];
  const ready = integrations.data && (counters.data || counters.isError) && (usage.data || usage.isError) && (members.data !== undefined || members.isError);
  const steps = ready ? stepsOf({ kind: scope.kind, members: members.data ?? 0, integrations: integrations.data.length, events: usage.data?.total.events ?? 0 }) : [];
  const open = steps.some((s) => !s.done);
  return (
    <Page
      title={scope.label}
      about={
        <Group gap="xs">
          {abouts[scope.kind]}
          {hub.data?.demo && (
            <Badge variant="light" color="gray">
              Demo
            </Badge>
          )}
        </Group>
      }
      actions={
        <Guard action="events:publish">
          <Button leftSection={<IconSend size={16} />} variant={open ? 'default' : 'filled'} onClick={publish.open}>
            Publish event
          </Button>
        </Guard>
      }
    >
      {!ready && <Waiting />}
      {ready && (
        <Stack gap="md">
          {open && <Next steps={steps} demo={scope.kind === 'sandbox'} publish={publish.open} />}
          <SimpleGrid cols={{ base: 2, sm: 3, lg: 5 }} spacing="sm">
            <Figure label="Events today" value={usage.data ? count(events) : '–'} hint="since midnight UTC" />
            <Deliveries days={days} />
            <Figure
              label="Sleeping hosts"
              value={hosts.data ? count(asleep.length) : '–'}
              {...(asleep.length ? { color: 'violet' } : {})}
              hint={asleep.length ? <Asleep names={asleep.map((h) => h.host)} /> : 'every call is made'}
            />
            <Figure label={scope.kind === 'organization' ? 'Products' : 'Devices'} value={members.data === undefined ? '–' : count(members.data)} hint={`${count(integrations.data?.length ?? 0)} integrations`} />
          </SimpleGrid>
          <Card withBorder padding="sm" mih={330}>
            {days ? <OutcomeChart days={days} title="Deliveries of 30 days, all integrations" order={2} /> : <Skeleton height={300} />}
          </Card>
          <SimpleGrid cols={{ base: 1, md: 2 }}>
            <Busiest busy={busy} none={integrations.data?.length === 0} />
            <Failures busy={busy} />
          </SimpleGrid>
          <Shortcuts />
        </Stack>
      )}
      <PublishDialog opened={publishing} onClose={publish.close} />
    </Page>
  );
}

/** Nothing is shown that the next answer would push down. */
function Waiting() {
  return (
    <Stack gap="md" role="status" aria-label="Loading">
      <SimpleGrid cols={{ base: 2, sm: 3, lg: 5 }} spacing="sm">
        {Array.from({ length: 5 }, (_, i) => (
          <Skeleton key={i} height={92} />
        ))}
      </SimpleGrid>
      <Skeleton height={330} />
      <Skeleton height={240} />
    </Stack>
  );
}

function Deliveries({ days }: { days: ReturnType<typeof addUp> | undefined }) {
  const day = days?.at(-1);
  return (
    <>
      <Figure label="Successful calls" value={day ? count(day.success) : '–'} hint={day ? successText(day) : ''} />
      <Figure label="Errors" value={day ? count(day.error) : '–'} {...(day?.error ? { color: 'red' } : {})} hint={day ? [day.timeout && `${count(day.timeout)} timeouts`, day.sleep && `${count(day.sleep)} asleep`].filter(Boolean).join(', ') || 'today' : ''} />
    </>
  );
}

function Asleep({ names }: { names: string[] }) {
  return (
    <Group gap={4} wrap="nowrap">
      <IconMoon size={13} aria-hidden style={{ flexShrink: 0 }} />
      <span style={{ overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' }} title={names.join(', ')}>
        {names.join(', ')}
      </span>
    </Group>
  );
}
