import { Alert, Button, Group, Modal, Stack, Table, Text, Textarea, TextInput } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck, IconPlayerPlay } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { ApiFailure, api, messageOf } from '../api/client';
import type { Schemas } from '../api/types';
import type { Opened } from './data';
import { Message } from './Message';
import { eventOf, titleOf } from './model';
import { Phases } from './Phases';

type Report = Schemas['TestReport'];

/** Sends one event to the integration and shows what happened. */
export function TestDialog({ opened, onClose, at }: { opened: boolean; onClose: () => void; at: Opened }) {
  return (
    <Modal opened={opened} onClose={onClose} title={`Test ${titleOf(at.integration)}`} size="xl">
      <TestForm at={at} />
    </Modal>
  );
}

function TestForm({ at }: { at: Opened }) {
  const client = useQueryClient();
  const [data, setData] = useState('test-event');
  const [device, setDevice] = useState('');
  const test = useMutation({
    mutationFn: () => api.post<Report>(`${at.path}/test`, { data, deviceID: device.trim() }),
    onSettled: () => Promise.all([client.invalidateQueries({ queryKey: ['calls', at.path] }), client.invalidateQueries({ queryKey: ['integrations'] })]),
  });
  const send = (event: FormEvent) => {
    event.preventDefault();
    test.mutate();
  };
  const field = test.error instanceof ApiFailure ? test.error.field : undefined;
  const wrongDevice = test.error && (field === 'deviceID' || (test.error instanceof ApiFailure && test.error.status === 404));
  return (
    <Stack>
      <form onSubmit={send}>
        <Stack gap="sm">
          <Textarea
            label="Event data"
            description={`Sent as the event ${eventOf(at.integration)}, whether the integration is enabled or not. Ctrl-Enter sends it.`}
            autosize
            minRows={2}
            maxRows={10}
            data-autofocus
            value={data}
            onChange={(e) => setData(e.currentTarget.value)}
            onKeyDown={(e) => {
              if (e.key === 'Enter' && (e.ctrlKey || e.metaKey)) send(e);
            }}
            styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 13 } }}
          />
          {at.kind !== 'organization' && (
            <TextInput
              label="Device id"
              description={at.kind === 'product' ? 'A device of the product. Blank: the event comes from api.' : 'One of your devices, by id or name. Blank: the event comes from api.'}
              value={device}
              onChange={(e) => setDevice(e.currentTarget.value)}
              error={wrongDevice ? messageOf(test.error) : undefined}
            />
          )}
          <Group justify="flex-end">
            <Button type="submit" loading={test.isPending} leftSection={<IconPlayerPlay size={16} />}>
              Send test event
            </Button>
          </Group>
        </Stack>
      </form>
      <div aria-live="polite">
        {test.isPending && (
          <Text size="sm" c="dimmed">
            Waiting for the answer, up to a minute.
          </Text>
        )}
        {test.isError && !wrongDevice && (
          <Alert color="red" variant="light" icon={<IconAlertTriangle />} title="Not tested">
            {messageOf(test.error)}
          </Alert>
        )}
        {test.data && <Result report={test.data} />}
      </div>
    </Stack>
  );
}

function Result({ report }: { report: Report }) {
  const what = report.ok ? `Success: the web service answered ${report.status}` : report.status ? `Failure: the web service answered ${report.status}` : 'Failure: no answer';
  return (
    <Stack>
      <Alert color={report.ok ? 'field' : 'red'} variant="light" icon={report.ok ? <IconCircleCheck /> : <IconAlertTriangle />} title={what}>
        {report.error && (
          <Text size="sm" className="fh-mono">
            {report.error}
          </Text>
        )}
      </Alert>
      <Message title="Webhook request" text={report.request} none="No request could be made." />
      <Message title="Webhook response" text={report.response} none="No answer came." />
      <Events events={report.events} />
      {report.timing_ms && <Phases timing={report.timing_ms} />}
    </Stack>
  );
}

function Events({ events }: { events: Report['events'] }) {
  return (
    <Stack gap={6}>
      <Text size="sm" fw={600}>
        Events that came of it
      </Text>
      {events.length === 0 ? (
        <Text size="sm" c="dimmed">
          None
        </Text>
      ) : (
        <Table withTableBorder verticalSpacing={4} fz="sm" layout="fixed" aria-label="Events that came of it">
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">Name</Table.Th>
              <Table.Th scope="col">Data</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {events.map((e, i) => (
              <Table.Tr key={i}>
                <Table.Td className="fh-mono">{e.name}</Table.Td>
                <Table.Td className="fh-mono">
                  <Text fz="inherit" lineClamp={4}>
                    {e.name.startsWith('hook-sent/') ? 'The request was sent.' : e.data}
                  </Text>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
    </Stack>
  );
}
