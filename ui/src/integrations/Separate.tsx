import { Alert, Anchor, Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconAlertTriangle, IconBuildingCommunity, IconGitBranch } from '@tabler/icons-react';
import { useState } from 'react';
import { Link, useLocation } from 'wouter';
import { api, messageOf } from '../api/client';
import type { Product } from '../api/types';
import { tell } from '../kit/notify';
import { type Opened, useChanges } from './data';
import { eventOf, titleOf } from './model';

/** Says, on a product's page, that the integration is the organization's. */
export function Belongs({ at, product, edit }: { at: Opened; product: Product; edit: string }) {
  const [opened, { open, close }] = useDisclosure();
  const others = (at.integration.product_ids?.length ?? 1) - 1;
  return (
    <Alert variant="light" color="blue" icon={<IconBuildingCommunity />} title={`This integration belongs to the organization ${product.org ?? at.from}`}>
      <Stack gap="xs" align="flex-start">
        <Text size="sm">
          {others > 0 ? `${others === 1 ? 'One other product uses' : `${others} other products use`} it, too: changes concern all of them.` : 'No other product uses it.'} Separate it to give {product.name} an integration of its own, with a history of its own.
        </Text>
        <Group gap="xs">
          <Button size="xs" leftSection={<IconGitBranch size={14} />} onClick={open}>
            Separate integration
          </Button>
          <Anchor component={Link} href={edit} size="sm" c="inherit">
            See it in the organization
          </Anchor>
        </Group>
      </Stack>
      <Modal opened={opened} onClose={close} title={`Separate ${titleOf(at.integration)} for ${product.name}`}>
        <SeparateForm at={at} product={product} close={close} />
      </Modal>
    </Alert>
  );
}

/** At least one field has to differ, so that nobody takes the two for one: the name will do. */
function SeparateForm({ at, product, close }: { at: Opened; product: Product; close: () => void }) {
  const { branch, renew } = useChanges();
  const [, go] = useLocation();
  const [name, setName] = useState(`${at.integration.name || eventOf(at.integration)} (${product.name})`);
  const same = name.trim() === (at.integration.name ?? '') || name.trim() === '';
  const apply = () =>
    branch.mutate(
      { path: at.path, how: 'separate', body: { product_id: product.id } },
      {
        onSuccess: async (made) => {
          const path = `/v1/products/${product.id}/integrations/${made.id}`;
          await api.put(path, { name: name.trim() }).then(() => tell.done(`${product.name} has an integration of its own.`), tell.failure('Separated, but not renamed'));
          for (const warning of made.warnings ?? []) tell.warning('Please note', warning);
          await renew();
          close();
          go(`/integrations/webhooks/${made.id}`);
        },
      },
    );
  return (
    <form
      onSubmit={(e) => {
        e.preventDefault();
        if (!same) apply();
      }}
    >
      <Stack>
        <Text size="sm">
          The product gets a copy and leaves the organization’s integration in one step: no event is delivered by both or by neither. Values of secrets are not copied.
        </Text>
        <TextInput label="Name of the new integration" description="It must differ from the organization’s" data-autofocus value={name} onChange={(e) => setName(e.currentTarget.value)} error={same ? 'Choose another name, so that the two can be told apart' : undefined} />
        {branch.isError && (
          <Alert color="red" variant="light" icon={<IconAlertTriangle />}>
            {messageOf(branch.error)}
          </Alert>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            Cancel
          </Button>
          <Button type="submit" loading={branch.isPending} disabled={same}>
            Separate
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
