import { Anchor, Button, Card, Group, ScrollArea, SegmentedControl, SimpleGrid, Stack, Table, Text, TextInput } from '@mantine/core';
import { IconChartBar } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useSearchParams } from 'wouter';
import { api } from '../api/client';
import type { Schemas } from '../api/types';
import { useScope } from '../app/scope';
import { useScopes } from '../app/ScopeSwitcher';
import { Figure } from '../integrations/History';
import { Chart } from '../kit/chart/Chart';
import { count, dayText } from '../kit/chart/chart';
import { Page } from '../kit/Page';
import { Answered, Empty } from '../kit/states';
import { type By, everyDay, type Range, rangeOf } from './usage';

type Usage = Schemas['Usage'];
type Row = Schemas['UsageRow'];

/** What the account used: data operations by day, device or product. */
export default function UsagePage() {
  const [search, setSearch] = useSearchParams();
  const range = rangeOf(search);
  const by = (['device', 'product'] as const).find((b) => b === search.get('by')) ?? 'day';
  const set = (key: string, value: string) =>
    setSearch(
      (now) => {
        if (value) now.set(key, value);
        else now.delete(key);
        return now;
      },
      { replace: true },
    );
  return (
    <Page title="Usage" about="One data operation for each event that is published, and one for each part of an answer that a device is sent. Calls to web services are free.">
      <Group gap="sm" align="flex-end">
        <SegmentedControl
          aria-label="What a row stands for"
          value={by}
          onChange={(v) => set('by', v === 'day' ? '' : v)}
          data={[
            { value: 'day', label: 'By day' },
            { value: 'device', label: 'By device' },
            { value: 'product', label: 'By product' },
          ]}
        />
        <TextInput type="date" label="From" size="sm" value={range.from} max={range.to} onChange={(e) => set('from', e.currentTarget.value)} />
        <TextInput type="date" label="To (UTC)" size="sm" value={range.to} min={range.from} onChange={(e) => set('to', e.currentTarget.value)} />
      </Group>
      <Counted by={by} range={range} />
    </Page>
  );
}

function Counted({ by, range }: { by: By; range: Range }) {
  const scope = useScope();
  const usage = useInfiniteQuery({
    queryKey: ['usage', scope.api, by, range],
    queryFn: ({ pageParam }) => api.get<Usage>(`${scope.api}/usage`, { by, ...range, after: pageParam, ...(by === 'device' ? { limit: 100 } : {}) }),
    initialPageParam: '',
    getNextPageParam: (last: Usage) => last.next,
  });
  return (
    <Answered query={usage} what="The usage" rows={8}>
      {({ pages }) => {
        const rows = pages.flatMap((p) => p.usage);
        return (
          <Stack gap="md">
            {by === 'day' && pages[0] && <Totals usage={pages[0]} />}
            {by === 'day' && <ByDay rows={everyDay(range, rows)} />}
            {by !== 'day' && rows.length === 0 && (
              <Card withBorder>
                <Empty icon={IconChartBar} title="Nothing was used in these days">
                  Choose other days, or publish an event.
                </Empty>
              </Card>
            )}
            {by === 'device' && rows.length > 0 && <Rows rows={rows} first="Device" name={(r) => <DeviceName id={r.device_id ?? ''} />} />}
            {by === 'product' && rows.length > 0 && <Rows rows={rows} first="Product" name={(r) => <ProductName id={r.product_id ?? 0} />} />}
            {usage.hasNextPage && (
              <Button variant="default" loading={usage.isFetchingNextPage} onClick={() => void usage.fetchNextPage()} style={{ alignSelf: 'center' }}>
                Load more
              </Button>
            )}
          </Stack>
        );
      }}
    </Answered>
  );
}

function Totals({ usage }: { usage: Usage }) {
  const { total, streams, publish_rate: rate } = usage;
  const refused = total.refused_events + total.refused_streams;
  return (
    <SimpleGrid cols={{ base: 2, sm: 3, lg: 5 }} spacing="sm">
      <Figure label="Data operations" value={count(total.operations)} hint="in these days" />
      <Figure label="Events published" value={count(total.events)} hint={`${count(total.published)} operations`} />
      <Figure label="Answers received" value={count(total.received)} hint="operations" />
      <Figure label="Refused" value={count(refused)} {...(refused ? { color: 'red' } : {})} hint={`${count(total.refused_events)} events, ${count(total.refused_streams)} streams`} />
      <Figure label="Open streams" value={count(streams.open)} hint={`${streams.limit ? `of ${count(streams.limit)}` : 'no bound'}; ${rate.limit ? `${count(rate.limit)} events/s` : 'any publish rate'}`} />
    </SimpleGrid>
  );
}

function ByDay({ rows }: { rows: Row[] }) {
  return (
    <Card withBorder padding="sm">
      <Chart
        title="Data operations by day"
        order={2}
        axis="Day (UTC)"
        labels={rows.map((r) => dayText(r.date ?? ''))}
        stack
        series={[
          { label: 'Events', color: 'first', values: rows.map((r) => r.published) },
          { label: 'Answers', color: 'second', values: rows.map((r) => r.received) },
        ]}
        tableOnly={[
          { label: 'All', color: 'first', values: rows.map((r) => r.operations) },
          { label: 'Refused events', color: 'error', values: rows.map((r) => r.refused_events) },
        ]}
        height={260}
      />
    </Card>
  );
}

function Rows({ rows, first, name }: { rows: Row[]; first: string; name: (r: Row) => React.ReactNode }) {
  const columns: [string, (r: Row) => number][] = [
    ['Operations', (r) => r.operations],
    ['Events', (r) => r.events],
    ['Published', (r) => r.published],
    ['Received', (r) => r.received],
    ['Refused events', (r) => r.refused_events],
  ];
  return (
    <Card withBorder padding={0}>
      <ScrollArea type="auto" viewportProps={{ tabIndex: 0, role: 'region', 'aria-label': `Usage by ${first.toLowerCase()}` }}>
        <Table miw={620} verticalSpacing={6} fz="sm" style={{ fontVariantNumeric: 'tabular-nums' }}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">{first}</Table.Th>
              {columns.map(([label]) => (
                <Table.Th key={label} scope="col" ta="right">
                  {label}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map((r) => (
              <Table.Tr key={r.device_id ?? r.product_id}>
                <Table.Th scope="row" fw={500}>
                  {name(r)}
                </Table.Th>
                {columns.map(([label, of]) => (
                  <Table.Td key={label} ta="right">
                    {count(of(r))}
                  </Table.Td>
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </ScrollArea>
    </Card>
  );
}

function DeviceName({ id }: { id: string }) {
  const { kind } = useScope();
  if (!id || id === 'api') return <Text size="sm">API</Text>;
  if (kind === 'organization') return <span className="fh-mono">{id}</span>;
  return (
    <Anchor component={Link} href={`/devices/${id}`} size="sm" className="fh-mono">
      {id}
    </Anchor>
  );
}

function ProductName({ id }: { id: number }) {
  const { products } = useScopes();
  const known = products.find((p) => p.id === id);
  if (known) {
    return (
      <Anchor component={Link} href={`~/products/${known.slug}/usage`} size="sm">
        {known.name}
      </Anchor>
    );
  }
  return <Text size="sm">{id === 0 ? 'In no product' : `Product ${id}`}</Text>;
}
