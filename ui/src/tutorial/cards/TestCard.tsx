import { Alert, Button, Code, Group, SegmentedControl, Select, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { IconSend } from '@tabler/icons-react';
import { useState } from 'react';
import { api } from '../../api/client';
import { tell } from '../../kit/notify';
import { useDemo } from '../demo';
import { testData } from '../logic/payload';
import { eventName } from '../logic/webhook';
import { Panel, To, Waits } from '../Panel';
import { AnswerChooser } from '../AnswerChooser';
import { useSimulator } from '../useSimulator';

/** Panel 6: publishes events, by the API or as the simulated device, and chooses the server's answer. */
export function TestCard() {
  const { ready, choices, webhook, walks } = useDemo();
  return (
    <Panel id="test" done={walks.length > 0}>
      {!choices.product ? (
        <Waits>
          First, <To id="product">select a product</To>.
        </Waits>
      ) : !webhook ? (
        <Waits>
          There is no webhook yet. <To id="webhook">Create it</To>, then test it here.
        </Waits>
      ) : !ready ? (
        <Waits>
          <To id="start">Start the demo</To>, so that somebody answers.
        </Waits>
      ) : (
        <Stack gap="md">
          <AnswerChooser />
          <TestButton product={choices.product.id} />
          <SimulatedDevice />
        </Stack>
      )}
    </Panel>
  );
}

function TestButton({ product }: { product: number }) {
  const [data, setData] = useState('');
  const test = useMutation({
    mutationFn: async () => {
      const next = testData();
      await api.post(`/v1/products/${product}/events`, { name: eventName, data: next });
      setData(next);
    },
    onError: tell.failure('The event was not published'),
  });
  return (
    <Group>
      <Button leftSection={<IconSend size={16} />} onClick={() => test.mutate()} loading={test.isPending}>
        Test
      </Button>
      <Text size="sm" role="status">
        {data ? (
          <>
            Published <Code>{data}</Code> as <Code>{eventName}</Code>. <To id="explainer">See what became of it</To>.
          </>
        ) : (
          <>
            Publishes <Code>{eventName}</Code> in the product through the API.
          </>
        )}
      </Text>
    </Group>
  );
}

const paces = [
  { value: '0', label: 'Off' },
  { value: '5', label: '5 s' },
  { value: '30', label: '30 s' },
  { value: '300', label: '5 min, as the firmware' },
];

function SimulatedDevice() {
  const { choices, inProduct } = useDemo();
  const simulator = useSimulator();
  if (!choices.device?.simulated) return null;
  if (!inProduct) {
    return (
      <Waits>
        The simulated device is not in the product. <To id="add">Add it</To>, and it can publish here.
      </Waits>
    );
  }
  return (
    <Stack gap="xs">
      <Text size="sm" fw={600} id="simulated-device">
        Simulated device {choices.device.name}
      </Text>
      <Group align="flex-end">
        <Button variant="default" leftSection={<IconSend size={16} />} onClick={simulator.click} loading={simulator.busy}>
          Click its MODE button
        </Button>
        <div>
          <Text size="xs" c="dimmed" id="simulated-pace">
            Publish by itself
          </Text>
          <SegmentedControl size="xs" visibleFrom="sm" aria-labelledby="simulated-pace" data={paces} value={String(simulator.every)} onChange={(v) => simulator.setEvery(Number(v))} />
          <Select size="xs" hiddenFrom="sm" aria-labelledby="simulated-pace" data={paces} value={String(simulator.every)} onChange={(v) => simulator.setEvery(Number(v ?? 0))} allowDeselect={false} />
        </div>
      </Group>
      {simulator.failure && (
        <Alert color="red" variant="light" role="alert">
          {simulator.failure}
        </Alert>
      )}
      <Text size="sm" c="dimmed">
        It publishes with a token of its own, and listens to its answers. Its log is under <To id="testing" />.
      </Text>
    </Stack>
  );
}
