import { Button, Group, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { tell } from '../../kit/notify';
import { useDemo } from '../demo';
import { Panel, To, Waits } from '../Panel';
import { addDevice } from '../prepare';

/** Panel 3: in one of four states. */
export function AddCard() {
  const { choices, device, inProduct, refresh } = useDemo();
  const { device: chosen, product } = choices;
  const add = useMutation({
    mutationFn: async () => {
      if (chosen && product) await addDevice(product.id, chosen.id);
      await refresh();
    },
    onError: tell.failure('The device was not added'),
  });
  const name = chosen?.name ?? chosen?.id;
  const elsewhere = device && device.product_id !== device.platform_id && !inProduct;
  return (
    <Panel id="add" done={inProduct}>
      {!chosen ? (
        <Waits>
          No device is chosen. <To id="device" />, or go on to <To id="start" />.
        </Waits>
      ) : !product ? (
        <Waits>
          First, <To id="product">select a product</To>.
        </Waits>
      ) : inProduct ? (
        <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
          <b>{name}</b> is in the product <b>{product.name}</b>. Its events trigger the webhooks of the product.
        </Text>
      ) : (
        <Group>
          <Button onClick={() => add.mutate()} loading={add.isPending}>
            Add {name} to {product.name}
          </Button>
          {elsewhere && (
            <Text size="sm" c="dimmed">
              It is in product {device.product_id} now.
            </Text>
          )}
        </Group>
      )}
    </Panel>
  );
}
