import { Accordion, Alert, Badge, Button, Card, Group, Menu, Stack, Text } from '@mantine/core';
import { IconCircleCheck, IconCircleX, IconDownload, IconHistory, IconX } from '@tabler/icons-react';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useSearchParams } from 'wouter';
import { api, isMissing, messageOf, withQuery } from '../api/client';
import type { Call } from '../api/types';
import { count } from '../kit/chart/chart';
import { Empty, Failed, Loading } from '../kit/states';
import { exactSpan } from '../kit/time';
import { TimeText } from '../kit/TimeText';
import { CallDetails } from './CallDetails';
import { CallFilters } from './CallFilters';
import { type CallFilter, filterOf, isFiltered, once, outcomeText } from './calls';
import { lively, type Opened } from './data';

type Page = { logs: Call[]; total: number };

const perPage = 20;

function useCalls(path: string, filter: CallFilter) {
  return useInfiniteQuery({
    queryKey: ['calls', path, filter],
    queryFn: ({ pageParam }) => api.get<Page>(`${path}/logs`, { ...filter, limit: perPage, skip: pageParam }),
    initialPageParam: 0,
    getNextPageParam: (last: Page, pages) => (pages.length * perPage < last.total ? pages.length * perPage : undefined),
    // Older pages would move under the reader's eyes.
    refetchInterval: (query) => ((query.state.data?.pages.length ?? 1) > 1 ? false : lively),
  });
}

/** The recorded calls, newest first; the opened one stands in the address. */
export function Calls({ at }: { at: Opened }) {
  const { path } = at;
  const [search, setSearch] = useSearchParams();
  const filter = filterOf(search);
  const calls = useCalls(path, filter);
  const opened = search.get('call');
  const open = (id: string | null) =>
    setSearch(
      (now) => {
        if (id) now.set('call', id);
        else now.delete('call');
        return now;
      },
      { replace: true },
    );
  const all = once(calls.data?.pages ?? []);
  const total = calls.data?.pages[0]?.total ?? 0;
  return (
    <Stack gap="md">
      <CallFilters filter={filter} />
      {opened && calls.data && !all.some((c) => c.id === opened) && <OneCall at={at} id={opened} close={() => open(null)} />}
      <Group justify="space-between">
        <Text size="sm" c="dimmed" role="status">
          {calls.data ? `${count(total)} recorded ${total === 1 ? 'call' : 'calls'}${isFiltered(filter) ? (total === 1 ? ' that matches' : ' that match') : ''}` : 'Loading'}
        </Text>
        <Download path={path} filter={filter} disabled={total === 0} />
      </Group>
      {calls.isPending && <Loading rows={6} />}
      {calls.isError && !calls.data && <Failed message={messageOf(calls.error)} again={() => void calls.refetch()} />}
      {calls.data && total === 0 && <NoCalls filtered={isFiltered(filter)} />}
      {all.length > 0 && (
        <Accordion variant="contained" value={all.some((c) => c.id === opened) ? opened : null} onChange={open} chevronPosition="left" order={3}>
          {all.map((call) => (
            <Entry key={call.id} call={call} at={at} opened={call.id === opened} />
          ))}
        </Accordion>
      )}
      {calls.hasNextPage && (
        <Group justify="center">
          <Button variant="default" loading={calls.isFetchingNextPage} onClick={() => void calls.fetchNextPage()}>
            Load more
          </Button>
        </Group>
      )}
    </Stack>
  );
}

function Entry({ call, at, opened }: { call: Call; at: Opened; opened: boolean }) {
  return (
    <Accordion.Item value={call.id}>
      <Accordion.Control>
        <CallLine call={call} />
      </Accordion.Control>
      <Accordion.Panel>{opened && <CallDetails call={call} at={at} />}</Accordion.Panel>
    </Accordion.Item>
  );
}

/** A call in one line; on narrow screens in two. `short` leaves out who published. */
export function CallLine({ call, short }: { call: Call; short?: boolean }) {
  const failed = call.type === 'error';
  const Icon = failed ? IconCircleX : IconCircleCheck;
  return (
    <Group gap="sm" style={{ rowGap: 2 }}>
      <Icon size={18} color={failed ? 'var(--mantine-color-red-text)' : 'var(--mantine-color-field-text)'} aria-label={failed ? 'Error' : 'Success'} role="img" />
      <TimeText at={call.time} size="sm" fw={500} />
      <Text size="sm" className="fh-mono">
        {call.event.name}
      </Text>
      {!short && (
        <Text size="xs" c="dimmed" className="fh-mono">
          {call.event.coreid === 'api' ? 'API' : call.event.coreid}
        </Text>
      )}
      <Group gap={6} ml="auto">
        {call.mark && (
          <Badge size="sm" variant="light" color="gray">
            {call.mark}
          </Badge>
        )}
        {call.attempt > 1 && (
          <Badge size="sm" variant="light" color="gray">
            attempt {call.attempt}
          </Badge>
        )}
        <Text size="sm" fw={600} c={failed ? 'red' : 'field'}>
          {outcomeText(call)}
        </Text>
        <Text size="xs" c="dimmed" miw={52} ta="right">
          {call.timing_ms ? exactSpan(call.timing_ms.total) : 'not sent'}
        </Text>
      </Group>
    </Group>
  );
}

/** A call from a link that is not among those of the list. */
function OneCall({ at, id, close }: { at: Opened; id: string; close: () => void }) {
  const { path } = at;
  const call = useQuery({ queryKey: ['calls', path, 'one', id], queryFn: () => api.get<Call>(`${path}/logs/${encodeURIComponent(id)}`) });
  return (
    <Card withBorder padding="sm">
      <Group justify="space-between" mb="sm" wrap="nowrap">
        <Text fw={600}>Call {id}</Text>
        <Button size="xs" variant="subtle" color="gray" leftSection={<IconX size={14} />} onClick={close}>
          Close
        </Button>
      </Group>
      {call.isPending && <Loading />}
      {call.isError && (isMissing(call.error) ? <Gone /> : <Failed message={messageOf(call.error)} again={() => void call.refetch()} />)}
      {call.data && (
        <Stack>
          <CallLine call={call.data} />
          <CallDetails call={call.data} at={at} />
        </Stack>
      )}
    </Card>
  );
}

function Gone() {
  return (
    <Alert color="gray" variant="light" title="No longer kept">
      The hub keeps the last successes and the last errors of each integration, as many as --recent-calls says. This call has made room for newer ones.
    </Alert>
  );
}

function NoCalls({ filtered }: { filtered: boolean }) {
  if (filtered) {
    return (
      <Empty icon={IconHistory} title="No recorded call matches">
        Take a filter away, or wait: the list renews itself.
      </Empty>
    );
  }
  return (
    <Empty icon={IconHistory} title="No call yet">
      Publish an event whose name begins with the trigger, or press Test above. The call shows up here by itself.
    </Empty>
  );
}

/** All calls that match, as a file. */
function Download({ path, filter, disabled }: { path: string; filter: CallFilter; disabled: boolean }) {
  const link = (format: string) => withQuery(`${path}/logs`, { ...filter, format });
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button size="xs" variant="default" leftSection={<IconDownload size={14} />} disabled={disabled}>
          Download
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item component="a" href={link('ndjson')} download="calls.ndjson">
          NDJSON: everything
        </Menu.Item>
        <Menu.Item component="a" href={link('csv')} download="calls.csv">
          CSV: for a spreadsheet
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
