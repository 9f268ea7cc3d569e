import { Alert, Anchor, Badge, Button, type ButtonProps, Group, Stack, Table, Text } from '@mantine/core';
import { IconAlertTriangle, IconRepeat, IconRoute } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { type MouseEvent, useState } from 'react';
import { Link } from 'wouter';
import { api } from '../api/client';
import type { Call, Schemas } from '../api/types';
import { useScope } from '../app/scope';
import { Copy } from '../kit/Copy';
import { pretty } from '../kit/json';
import { tell } from '../kit/notify';
import { Snippet } from '../kit/Snippet';
import { TimeText } from '../kit/TimeText';
import { Allowed } from './Allowed';
import type { Opened } from './data';
import { sizeText } from './http';
import { Message } from './Message';
import { Phases } from './Phases';

/** Everything that was recorded of a call: error, event, request, response, timing. */
export function CallDetails({ call, at }: { call: Call; at: Opened }) {
  return (
    <Stack gap="md">
      <Group gap="xs">
        <Allowed at={at} action="integrations:replay">
          <ReplayCall call={call} path={at.path} />
        </Allowed>
        {call.event.stream_id && (
          <Button component={Link} href={`/events?event=${call.event.stream_id}`} size="xs" variant="default" leftSection={<IconRoute size={14} />}>
            Path of the event
          </Button>
        )}
        {call.mark && <Badge variant="light">{call.mark}</Badge>}
        {call.attempt > 1 && <Badge variant="light">attempt {call.attempt}</Badge>}
      </Group>
      {call.error && <ErrorMessage text={call.error} />}
      <EventTable event={call.event} />
      <Message title="Webhook request" text={call.request} cut={call.request_cut ?? false} none="No request could be made." />
      <Message title="Webhook response" text={call.response} cut={call.response_cut ?? false} none="No answer came." />
      {call.timing_ms ? (
        <Phases timing={call.timing_ms} />
      ) : (
        <Text size="sm" c="dimmed">
          Nothing was sent, so there is no timing.
        </Text>
      )}
    </Stack>
  );
}

export function ErrorMessage({ text }: { text: string }) {
  return (
    <Alert color="red" variant="light" icon={<IconAlertTriangle />} title="Error message">
      <Text size="sm" className="fh-mono">
        {text}
      </Text>
    </Alert>
  );
}

function EventTable({ event }: { event: Schemas['Event'] }) {
  return (
    <Stack gap={6}>
      <Text size="sm" fw={600}>
        Event
      </Text>
      <Table withTableBorder verticalSpacing={4} fz="sm" layout="fixed" aria-label="Event">
        <Table.Tbody>
          <Line name="Name">{event.name}</Line>
          <Line name="Device">{event.coreid === 'api' ? 'API' : <Device id={event.coreid} />}</Line>
          <Line name="Published">
            <TimeText at={event.published_at} fz="inherit" /> (<TimeText at={event.published_at} precise fz="inherit" />)
          </Line>
          <Line name="Event id">
            <Group gap={4} wrap="nowrap">
              <span className="fh-mono">{event.id}</span>
              <Copy text={event.id} what="the event id" />
            </Group>
          </Line>
        </Table.Tbody>
      </Table>
      <Snippet title={`Event data, ${sizeText(event.data)}`} text={pretty(event.data)} empty="No data" wrap maxHeight={240} />
    </Stack>
  );
}

function Line({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <Table.Tr>
      <Table.Th scope="row" w="34%" fw={500}>
        {name}
      </Table.Th>
      <Table.Td>{children}</Table.Td>
    </Table.Tr>
  );
}

function Device({ id }: { id: string }) {
  const { kind } = useScope(); // an organization has no page for devices: its products have
  return (
    <Group gap={4} wrap="nowrap">
      {kind === 'organization' ? (
        <span className="fh-mono">{id}</span>
      ) : (
        <Anchor component={Link} href={`/devices/${id}`} fz="inherit" className="fh-mono">
          {id}
        </Anchor>
      )}
      <Copy text={id} what="the device id" />
    </Group>
  );
}

type ReplayProps = { call: Call; path: string } & Pick<ButtonProps, 'disabled'> & { onClick?: (e: MouseEvent) => void };

/** Delivers the event of the call again; `onClick` of a guard takes its place. */
function ReplayCall({ call, path, ...guarded }: ReplayProps) {
  const client = useQueryClient();
  const [busy, setBusy] = useState(false);
  const replay = async () => {
    setBusy(true);
    try {
      await api.post(`${path}/replays`, { call: call.id });
      tell.done(`The event ${call.event.name} is delivered again.`);
      await client.invalidateQueries({ queryKey: ['calls', path] });
    } catch (error) {
      tell.failure('Not replayed')(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Button size="xs" loading={busy} leftSection={<IconRepeat size={14} />} onClick={() => void replay()} {...guarded}>
      Replay this call
    </Button>
  );
}
