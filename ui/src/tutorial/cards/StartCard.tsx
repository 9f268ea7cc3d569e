import { Alert, Badge, Button, Group, Text } from '@mantine/core';
import { IconPlayerPlay, IconPlayerStop } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { Copy } from '../../kit/Copy';
import { useDemo } from '../demo';
import { Panel, To } from '../Panel';

/** Panel 4: opens the session, and closes it. */
export function StartCard() {
  const { server, choices, stream } = useDemo();
  const { session, wanted, failure } = server;
  const settled = useSettled(wanted);
  return (
    <Panel id="start" done={Boolean(session)}>
      <Text size="sm">This starts a web service inside the hub, for you alone, that your webhook will call, and follows the events of your product. Its address is new each time, and holds for as long as this page is open.</Text>
      <Group>
        {wanted && settled ? (
          <Button color="red.9" leftSection={<IconPlayerStop size={16} />} onClick={server.stop}>
            Stop demo
          </Button>
        ) : (
          <Button leftSection={<IconPlayerPlay size={16} />} onClick={server.start} disabled={wanted}>
            Start demo
          </Button>
        )}
        <Badge variant="light" color={session ? 'field' : wanted ? 'yellow' : 'gray'} role="status">
          {session ? 'Server is running' : wanted ? 'Connecting' : 'Stopped'}
        </Badge>
        {session && choices.product && (
          <Badge variant="light" color={stream === 'live' ? 'field' : 'yellow'}>
            {stream === 'live' ? 'Following events' : 'Connecting to events'}
          </Badge>
        )}
      </Group>
      {session && (
        <Group gap={4} wrap="nowrap">
          <Text size="sm" className="fh-mono">
            {session.url}
          </Text>
          <Copy text={session.url} what="the address of the server" />
        </Group>
      )}
      {session && !choices.product && (
        <Text size="sm" c="dimmed">
          Events are followed once you <To id="product">select a product</To>.
        </Text>
      )}
      {(failure || server.ended) && !session && (
        <Alert color={failure ? 'red' : 'yellow'} variant="light" role="alert">
          {failure?.message ?? server.ended}
        </Alert>
      )}
    </Panel>
  );
}

/** Whether something has been so for 3 s, so that a second click does not undo the first. */
function useSettled(on: boolean): boolean {
  const [since, setSince] = useState(false);
  useEffect(() => {
    if (!on) return;
    const timer = setTimeout(() => setSince(true), 3_000);
    return () => {
      clearTimeout(timer);
      setSince(false);
    };
  }, [on]);
  return since;
}
