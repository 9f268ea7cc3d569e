import { Badge, Stack, Text } from '@mantine/core';
import { IconServer } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { api } from '../api/client';
import type { Schemas } from '../api/types';
import { Answered, Empty } from '../kit/states';
import { type Column, DataTable, Nothing } from '../kit/table/DataTable';
import { TimeText } from '../kit/TimeText';

type Host = Schemas['Host'];

const columns: Column<Host>[] = [
  { key: 'host', label: 'Host', cell: (h) => <span className="fh-mono">{h.host}</span> },
  {
    key: 'state',
    label: 'State',
    cell: (h) => (
      <Badge variant="light" color={h.state === 'open' ? 'field' : 'orange'} tt="none" title={h.reason}>
        {h.state === 'open' ? 'Open' : 'Sleeping'}
      </Badge>
    ),
  },
  { key: 'success', label: 'Success', end: true, cell: (h) => h.success.toLocaleString() },
  { key: 'error', label: 'Errors', end: true, cell: (h) => h.error.toLocaleString() },
  { key: 'skip', label: 'Skipped', end: true, cell: (h) => `${Math.round(h.skip * 100)} %` },
  { key: 'last', label: 'Last error', from: 'md', cell: (h) => (h.last_error ? <span className="fh-mono">{h.last_error}</span> : <Nothing />) },
  { key: 'at', label: 'At', from: 'lg', cell: (h) => (h.last_error_at ? <TimeText at={h.last_error_at} size="sm" /> : <Nothing />) },
];

/** How the hub rates the hosts that integrations call. */
export function Hosts() {
  const query = useQuery({ queryKey: ['hosts'], queryFn: async () => (await api.get<{ hosts: Host[] }>('/v1/hosts')).hosts, refetchInterval: 5_000 });
  return (
    <Answered query={query} what="The list of hosts" rows={4}>
      {(hosts) =>
        hosts.length === 0 ? (
          <Empty icon={IconServer} title="No host was called in the last minute">
            Hosts appear here when integrations call them.
          </Empty>
        ) : (
          <Stack gap="sm">
            <Text size="sm" c="dimmed">
              The last minute. A host that keeps failing is sent less until it recovers.
            </Text>
            <DataTable label="Hosts" columns={columns} rows={hosts} idOf={(h) => `${h.host} ${h.account ?? ''}`} />
          </Stack>
        )
      }
    </Answered>
  );
}
