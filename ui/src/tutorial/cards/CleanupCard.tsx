import { Alert, Badge, Button, Checkbox, Code, Group, Loader, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMutation, useQuery } from '@tanstack/react-query';
import { IconCircleCheck, IconCircleX, IconHandStop } from '@tabler/icons-react';
import { useState } from 'react';
import { messageOf } from '../../api/client';
import { Confirm } from '../../kit/Confirm';
import { tell } from '../../kit/notify';
import { Failed } from '../../kit/states';
import { clean, isSimulated, look, removeSimulated } from '../cleaning';
import { useDemo } from '../demo';
import { allTicked, type CleanItem, itemsOf, planOf, type Remains, sentenceOf } from '../logic/cleanup';
import type { ChosenDevice } from '../logic/store';
import { Panel, To, Waits } from '../Panel';

type Progress = { item: CleanItem; state: 'waiting' | 'busy' | 'done' | 'manual' | 'failed'; failure?: string };

/** Panel 12: takes away what the demo made. */
export function CleanupCard() {
  const { choices, choose, server, refresh, device } = useDemo();
  const { product } = choices;
  const [ticks, setTicks] = useState(allTicked);
  const [progress, setProgress] = useState<Progress[]>([]);
  const [asking, { open, close }] = useDisclosure();
  const found = useQuery({ queryKey: ['demo', 'remains', product?.id], queryFn: () => look(product?.id ?? 0), enabled: product !== undefined });
  const remains: Remains = {
    product,
    integrations: found.data?.integrations.length ?? 0,
    devices: (found.data?.devices ?? []).map((d) => ({ id: d.id, name: d.name, simulated: isSimulated(d) })),
  };
  const plan = planOf(remains, ticks);

  const run = async () => {
    if (!product) return;
    server.stop();
    const all: Progress[] = plan.map((item) => ({ item, state: 'waiting' }));
    const mark = (i: number, change: Partial<Progress>) => {
      all[i] = { ...(all[i] as Progress), ...change };
      setProgress([...all]);
    };
    for (const [i, item] of plan.entries()) {
      mark(i, { state: 'busy' });
      try {
        await clean(item.step, product.id);
        mark(i, { state: item.manual ? 'manual' : 'done' });
      } catch (error) {
        mark(i, { state: 'failed', failure: messageOf(error) });
        break;
      }
    }
    const did = (step: CleanItem['step']) => all.some((p) => p.item.step === step && p.state === 'done');
    if (did('product')) choose({ product: undefined });
    if (did('devices') && choices.device?.simulated) choose({ device: undefined });
    await refresh();
  };

  return (
    <Panel id="cleanup" done={progress.length > 0 && progress.every((p) => p.state === 'done' || p.state === 'manual')}>
      <Text size="sm">When you are done, take away what this tutorial made.</Text>
      {choices.device?.simulated && device && device.product_id === device.platform_id && <Leftover device={choices.device} />}
      {!product && progress.length === 0 && (
        <Waits>
          There is nothing to clean up: no product is chosen. One of an earlier visit can be chosen under <To id="product" />.
        </Waits>
      )}
      {product && found.isError && <Failed message={found.error.message} again={() => void found.refetch()} />}
      {product && found.data && (
        <>
          <Stack gap={8} role="group" aria-label="What to clean up">
            {itemsOf(remains, ticks).map((item) => (
              <Checkbox
                key={item.step}
                label={
                  <Group gap={6}>
                    {item.label}
                    {item.manual && !item.blocked && (
                      <Badge size="xs" variant="light" color="yellow">
                        By hand
                      </Badge>
                    )}
                  </Group>
                }
                description={item.blocked || undefined}
                checked={ticks[item.step] && !item.blocked}
                disabled={Boolean(item.blocked)}
                onChange={(e) => setTicks({ ...ticks, [item.step]: e.currentTarget.checked })}
              />
            ))}
          </Stack>
          <Group>
            <Button color="red.9" onClick={open} disabled={plan.length === 0}>
              Clean up
            </Button>
          </Group>
          <Confirm opened={asking} onClose={close} title={`Clean up ${product.name}?`} action="Clean up" onConfirm={async () => void run()}>
            {sentenceOf(remains, ticks)}
          </Confirm>
        </>
      )}
      {progress.length > 0 && <Checklist progress={progress} />}
    </Panel>
  );
}

/** A simulated device that never came into the product, which the clean-up of the product does not see. */
function Leftover({ device }: { device: ChosenDevice }) {
  const { choose } = useDemo();
  const remove = useMutation({
    mutationFn: () => removeSimulated(device.id),
    onSuccess: () => choose({ device: undefined }),
    onError: tell.failure('The simulated device was not removed'),
  });
  return (
    <Group>
      <Button variant="outline" color="red" onClick={() => remove.mutate()} loading={remove.isPending}>
        Remove the simulated device
      </Button>
      <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
        {device.name} is registered and in no product.
      </Text>
    </Group>
  );
}

const icons = {
  waiting: null,
  busy: <Loader size={18} aria-label="Under way" />,
  done: <IconCircleCheck size={18} color="var(--mantine-color-field-6)" aria-label="Done" role="img" />,
  manual: <IconHandStop size={18} color="var(--mantine-color-yellow-7)" aria-label="Yours to do" role="img" />,
  failed: <IconCircleX size={18} color="var(--mantine-color-error)" aria-label="Failed" role="img" />,
};

function Checklist({ progress }: { progress: Progress[] }) {
  return (
    <Stack gap={6} component="ul" m={0} p={0} style={{ listStyle: 'none' }} aria-label="Progress of the clean-up" aria-live="polite">
      {progress.map(({ item, state, failure }) => (
        <Group key={item.step} component="li" gap="xs" align="flex-start" wrap="nowrap">
          <span style={{ width: 18, flexShrink: 0, paddingTop: 2 }}>{icons[state]}</span>
          <div>
            <Text size="sm">{item.label}</Text>
            {state === 'manual' && (
              <Text size="sm" c="dimmed">
                Yours to do: the boards are marked as development devices, so that they keep what you flash. For a Device OS board on USB, <Code>particle flash --local tinker</Code> puts the stock firmware back.
              </Text>
            )}
            {failure && (
              <Alert color="red" variant="light" role="alert" py={6}>
                {failure}
              </Alert>
            )}
          </div>
        </Group>
      ))}
    </Stack>
  );
}
