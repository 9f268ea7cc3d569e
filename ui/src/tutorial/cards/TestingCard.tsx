import { Alert, Anchor, Button, Group, Stack, Text, Title } from '@mantine/core';
import { IconUsb } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import { Link } from 'wouter';
import { messageOf } from '../../api/client';
import { Snippet } from '../../kit/Snippet';
import { useDemo } from '../demo';
import { Panel, To } from '../Panel';
import { readSerial, serialOf } from '../serial';
import { useDeviceLog } from '../useSimulator';

/** How many characters of a log are kept. */
const keeps = 20_000;

/** Panel 11: what the device says, and what the hub saw. */
export function TestingCard() {
  const { choices } = useDemo();
  return (
    <Panel id="testing">
      <Title order={3} size="h6">
        Device log
      </Title>
      {choices.device?.simulated ? <SimulatedLog /> : <SerialLog />}
      <Title order={3} size="h6">
        Cloud log
      </Title>
      <CloudLog />
    </Panel>
  );
}

function SimulatedLog() {
  const lines = useDeviceLog();
  return <Snippet title="Log of the simulated device" text={lines.join('\n')} empty="It says nothing yet. Click its MODE button under Test the webhook." maxHeight={220} wrap />;
}

function SerialLog() {
  const serial = serialOf();
  const [text, setText] = useState('');
  const [failure, setFailure] = useState('');
  const [reading, setReading] = useState(false);
  const stop = useRef<AbortController>(null);
  useEffect(() => () => stop.current?.abort(), []);
  if (!serial) {
    return (
      <Text size="sm">
        This browser cannot read USB ports; Chrome and Edge can. <span className="fh-mono">particle serial monitor</span>, or any serial terminal at 115,200 baud, shows the same.
      </Text>
    );
  }
  const start = async () => {
    stop.current = new AbortController();
    setFailure('');
    setReading(true);
    try {
      await readSerial(serial, (piece) => setText((t) => (t + piece.replaceAll('\r', '')).slice(-keeps)), stop.current.signal);
    } catch (error) {
      setFailure(messageOf(error));
    } finally {
      setReading(false);
    }
  };
  return (
    <Stack gap="xs">
      <Group>
        {reading ? (
          <Button variant="default" onClick={() => stop.current?.abort()}>
            Disconnect
          </Button>
        ) : (
          <Button variant="default" leftSection={<IconUsb size={16} />} onClick={() => void start()}>
            Connect a board on USB
          </Button>
        )}
        {text && (
          <Button variant="subtle" size="xs" onClick={() => setText('')}>
            Clear
          </Button>
        )}
      </Group>
      {failure && (
        <Alert color="red" variant="light" role="alert">
          {failure}
        </Alert>
      )}
      <Snippet title="USB serial log" text={text} empty="Nothing came yet. With the board on a USB port of this computer, its log appears here." maxHeight={220} wrap />
    </Stack>
  );
}

function CloudLog() {
  const { choices, webhook } = useDemo();
  if (!choices.product) {
    return (
      <Text size="sm">
        Once you <To id="product">select a product</To>, the console keeps its events, and each call of its webhook with request, answer and timing.
      </Text>
    );
  }
  const home = `~/products/${choices.product.slug}`;
  return (
    <Stack gap={6}>
      <Text size="sm">
        The <To id="events">event log</To> above shows what the hub saw since you came. The console keeps more:
      </Text>
      <Group gap="md">
        <Anchor component={Link} href={`${home}/events`} size="sm">
          Events of the product
        </Anchor>
        {webhook && (
          <Anchor component={Link} href={`${home}/integrations/webhooks/${webhook.id}`} size="sm">
            Calls of the webhook, with requests and answers
          </Anchor>
        )}
        {choices.device && (
          <Anchor component={Link} href={`${home}/devices/${choices.device.id}`} size="sm">
            The device
          </Anchor>
        )}
      </Group>
    </Stack>
  );
}
