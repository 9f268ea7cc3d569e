import { Anchor, Button, Group, Radio, Select, Stack, Text, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import { tell } from '../../kit/notify';
import { Failed, Loading } from '../../kit/states';
import { useDemo, useDemoProducts } from '../demo';
import { proposedName } from '../logic/store';
import { Panel, Waits } from '../Panel';
import { createProduct } from '../prepare';

/** Panel 2: a new product, or one that the demo made before. */
export function ProductCard() {
  const { choices } = useDemo();
  const [kind, setKind] = useState('new');
  return (
    <Panel id="product" done={Boolean(choices.product)}>
      <Text size="sm">A product holds devices of one kind, with their webhooks. The demo keeps to a product of its own, so that the clean-up can take everything away.</Text>
      {choices.product ? (
        <Chosen />
      ) : (
        <>
          <Radio.Group value={kind} onChange={setKind} label="Product" name="demo-product">
            <Stack gap={6} mt={4}>
              <Radio value="new" label="Create a new product" />
              <Radio value="existing" label="Use one that the demo made before" />
            </Stack>
          </Radio.Group>
          {kind === 'new' ? <NewProduct key={choices.platform} /> : <Existing />}
        </>
      )}
    </Panel>
  );
}

function Chosen() {
  const { choices, choose } = useDemo();
  const p = choices.product;
  if (!p) return null;
  const home = `~/products/${p.slug}`;
  return (
    <Group gap="md">
      <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
        <b>{p.name}</b> ({p.id})
      </Text>
      <Anchor component={Link} href={`${home}/devices`} size="sm">
        Devices
      </Anchor>
      <Anchor component={Link} href={`${home}/integrations`} size="sm">
        Integrations
      </Anchor>
      <Anchor component={Link} href={`${home}/events`} size="sm">
        Events
      </Anchor>
      <Button size="xs" variant="default" onClick={() => choose({ product: undefined })}>
        Choose another product
      </Button>
    </Group>
  );
}

function NewProduct() {
  const { choices, choose, refresh } = useDemo();
  const [name, setName] = useState(() => proposedName(choices.platform));
  const create = useMutation({
    mutationFn: async () => {
      choose({ product: await createProduct(name, choices.platform) });
      await refresh();
    },
    onError: tell.failure('The product was not created'),
  });
  const proper = name.startsWith('webhook-demo-');
  return (
    <form
      onSubmit={(e) => {
        e.preventDefault();
        create.mutate();
      }}
    >
      <Group align="flex-end" gap="sm">
        <TextInput label="Name" value={name} onChange={(e) => setName(e.currentTarget.value)} w={300} error={proper ? undefined : 'Begin it with webhook-demo-'} />
        <Button type="submit" loading={create.isPending} disabled={!proper}>
          Create product
        </Button>
      </Group>
    </form>
  );
}

function Existing() {
  const { choices, choose } = useDemo();
  const products = useDemoProducts();
  if (products.isPending) return <Loading rows={1} />;
  if (products.isError) return <Failed message={products.error.message} again={() => void products.refetch()} />;
  const same = products.data.filter((p) => p.platform_id === choices.platform);
  if (same.length === 0) return <Waits>There is none for this platform whose name begins with webhook-demo-. Create one.</Waits>;
  return (
    <Select
      label="Products of the demo"
      placeholder="Choose a product"
      data={same.map((p) => ({ value: String(p.id), label: `${p.name} (${p.id})` }))}
      onChange={(id) => {
        const found = same.find((p) => String(p.id) === id);
        if (found) choose({ product: { id: found.id, name: found.name, slug: found.slug } });
      }}
      maw={420}
    />
  );
}
