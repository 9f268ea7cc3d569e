import { Card, Group, SimpleGrid, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Day } from '../api/types';
import { useHub } from '../app/hub';
import { Chart } from '../kit/chart/Chart';
import { count, dayText, type Series } from '../kit/chart/chart';
import { exactSpan } from '../kit/time';
import { sampleDays, successText, sum } from './model';

/** The counts of a day as the bars of a chart. */
export function outcomes(days: Day[]): Series[] {
  return [
    { label: 'Success', color: 'success', values: days.map((d) => d.success) },
    { label: 'Error', color: 'error', values: days.map((d) => d.error) },
    { label: 'Sleep', color: 'sleep', values: days.map((d) => d.sleep) },
  ];
}

/** The figures of a table that the bars do not show. */
function details(days: Day[]): Series[] {
  const more: [label: string, of: (d: Day) => number][] = [
    ['Timeout', (d) => d.timeout],
    ['Retries', (d) => d.retries],
    ['Dropped', (d) => d.dropped],
  ];
  return more.filter(([, of]) => days.some((d) => of(d) > 0)).map(([label, of]) => ({ label, color: 'sleep', values: days.map(of) }));
}

/** What became of an integration's deliveries, day by day. */
export function OutcomeChart({ days, title = 'History of 30 days', height, order, aside }: { days: Day[]; title?: string; height?: number; order?: 2 | 3 | 4; aside?: ReactNode }) {
  const hub = useHub();
  return (
    <Chart
      title={title}
      axis="Day (UTC)"
      labels={days.map((d) => dayText(d.date))}
      series={outcomes(days)}
      tableOnly={details(days)}
      stack
      sample={sampleDays(days, hub.data?.sample_until)}
      {...(height ? { height } : {})}
      {...(order ? { order } : {})}
      aside={aside}
    />
  );
}

/** How long calls took; days without a call have no figure. */
export function LatencyChart({ days }: { days: Day[] }) {
  const hub = useHub();
  const line = (of: (l: Day['latency_ms']) => number) => days.map((d) => (d.attempts > 0 ? of(d.latency_ms) : null));
  const latest = days.findLast((d) => d.attempts > 0);
  return (
    <Chart
      title="Latency"
      axis="Day (UTC)"
      labels={days.map((d) => dayText(d.date))}
      series={[
        { label: 'p50', color: 'first', values: line((l) => l.p50) },
        { label: 'p95', color: 'second', values: line((l) => l.p95) },
        { label: 'p99', color: 'third', values: line((l) => l.p99) },
      ]}
      format={exactSpan}
      legend={(s) => {
        const value = latest && s.values[days.indexOf(latest)];
        return value === null || value === undefined ? '' : exactSpan(value);
      }}
      sample={sampleDays(days, hub.data?.sample_until)}
    />
  );
}

type FigureProps = { label: string; value: string; hint?: ReactNode; color?: string };

/** One number and what it means. */
export function Figure({ label, value, hint, color }: FigureProps) {
  return (
    <Card withBorder padding="sm">
      <Text size="xs" c="dimmed">
        {label}
      </Text>
      <Text fz={24} fw={650} lh={1.3} {...(color ? { c: color } : {})}>
        {value}
      </Text>
      <Text size="xs" c="dimmed" component="div" mih={18}>
        {hint}
      </Text>
    </Card>
  );
}

/** Today's figures of an integration. */
export function Today({ day }: { day: Day }) {
  const others = [day.retries && `${count(day.retries)} repeated`, day.tests && `${count(day.tests)} tests`, day.dropped && `${count(day.dropped)} dropped`, day.dead_letters && `${count(day.dead_letters)} given up`].filter(Boolean);
  return (
    <SimpleGrid cols={{ base: 2, xs: 3, md: 5 }} spacing="sm">
      <Figure label="Success today" value={count(day.success)} hint={successText(day)} />
      <Figure label="Error" value={count(day.error)} {...(day.error ? { color: 'red' } : {})} hint={others.join(', ')} />
      <Figure label="Sleep" value={count(day.sleep)} hint="skipped by the throttle" />
      <Figure label="Timeout" value={count(day.timeout)} hint="of the errors" />
      <Figure label="Latency, p50" value={day.attempts ? exactSpan(day.latency_ms.p50) : '–'} hint={day.attempts ? `p95 ${exactSpan(day.latency_ms.p95)}, p99 ${exactSpan(day.latency_ms.p99)}` : 'no call today'} />
    </SimpleGrid>
  );
}

/** The same for one product of an organization's integration. */
export function ProductHistory({ title, days }: { title: ReactNode; days: Day[] }) {
  const all = sum(days);
  return (
    <Card withBorder padding="sm">
      <Stack gap="xs">
        <Group justify="space-between">
          {title}
          <Text size="xs" c="dimmed">
            {successText(all)}
          </Text>
        </Group>
        <OutcomeChart days={days} title="30 days" height={120} order={4} />
      </Stack>
    </Card>
  );
}
