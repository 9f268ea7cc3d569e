import { Alert, Badge, Button, Stack, Text } from '@mantine/core';
import { IconWebhook } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { api } from '../../api/client';
import type { Call, Device, Integration } from '../../api/types';
import { useScope } from '../../app/scope';
import { Answered, Empty } from '../../kit/states';
import { type Column, DataTable, Nothing } from '../../kit/table/DataTable';
import { span } from '../../kit/time';
import { TimeText } from '../../kit/TimeText';
import { type CallOf, newest } from './calls';

/** How many integrations are asked, and how many calls are shown. */
const mostAsked = 40;
const mostShown = 50;

async function read(base: string, device: string): Promise<{ calls: CallOf[]; integrations: number }> {
  const integrations = await api.get<Integration[]>(`${base}/integrations`);
  const lists = await Promise.all(
    integrations.slice(0, mostAsked).map(async (integration) => ({
      integration,
      calls: (await api.get<{ logs: Call[] }>(`${base}/integrations/${integration.id}/logs`, { device, limit: 20 })).logs,
    })),
  );
  return { calls: newest(lists, mostShown), integrations: integrations.length };
}

const columns: Column<CallOf>[] = [
  { key: 'integration', label: 'Integration', cell: ({ integration: i }) => i.name || i.event },
  { key: 'time', label: 'Time', cell: ({ call }) => <TimeText at={call.time} size="sm" /> },
  { key: 'event', label: 'Event', cell: ({ call }) => <span className="fh-mono">{call.event.name}</span> },
  {
    key: 'result',
    label: 'Result',
    cell: ({ call }) => (
      <Badge variant="light" color={call.type === 'success' ? 'field' : 'red'} tt="none">
        {call.type === 'success' ? 'Success' : 'Error'} {call.status ?? ''}
      </Badge>
    ),
  },
  { key: 'error', label: 'Error', from: 'md', cell: ({ call }) => (call.error ? <span className="fh-mono">{call.error}</span> : <Nothing />) },
  { key: 'took', label: 'Took', end: true, cell: ({ call }) => (call.timing_ms?.total === undefined ? <Nothing /> : span(call.timing_ms.total)) },
];

/** The recent calls that integrations of the scope made for events of this device. */
export function WebhookActivity({ device }: { device: Device }) {
  const scope = useScope();
  const query = useQuery({ queryKey: ['calls', scope.api, 'of device', device.id], queryFn: () => read(scope.api, device.id), refetchInterval: 10_000 });
  return (
    <Answered query={query} what="The list of calls" rows={6}>
      {({ calls, integrations }) => (
        <Stack gap="sm">
          {integrations > mostAsked && (
            <Alert color="yellow" variant="light">
              Only the first {mostAsked} of {integrations.toLocaleString()} integrations are looked at.
            </Alert>
          )}
          {calls.length === 0 ? (
            <Empty
              icon={IconWebhook}
              title="No recorded calls for this device"
              action={
                <Button component={Link} href={integrations === 0 ? '/integrations/gallery' : '/integrations'} variant="light">
                  {integrations === 0 ? 'Choose an integration' : 'Look at the integrations'}
                </Button>
              }
            >
              When an event of the device triggers an integration of this scope, the call is listed here.
            </Empty>
          ) : (
            <>
              <Text size="sm" c="dimmed">
                The last calls for events of this device. Each leads to its integration.
              </Text>
              <DataTable label="Calls" columns={columns} rows={calls} idOf={(c) => `${c.integration.id}/${c.call.id}`} hrefOf={(c) => `/integrations/webhooks/${c.integration.id}?call=${c.call.id}`} />
            </>
          )}
        </Stack>
      )}
    </Answered>
  );
}
