import { Alert, Button, Checkbox, Group, Modal, MultiSelect, Radio, Select, Stack } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { messageOf } from '../api/client';
import type { Organization, Product } from '../api/types';
import { useScope } from '../app/scope';
import { useScopes } from '../app/ScopeSwitcher';
import { tell } from '../kit/notify';
import { type Opened, useChanges } from './data';
import { isOn, titleOf } from './model';
import { bodyOf, placesOf, type How } from './places';

/** Brings an integration into another scope. */
export function CopyDialog({ opened, onClose, at }: { opened: boolean; onClose: () => void; at: Opened }) {
  return (
    <Modal opened={opened} onClose={onClose} title={`Copy or move ${titleOf(at.integration)}`} size="md">
      <CopyForm at={at} close={onClose} />
    </Modal>
  );
}

function CopyForm({ at, close }: { at: Opened; close: () => void }) {
  const scope = useScope();
  const { products, organizations } = useScopes();
  const { branch } = useChanges();
  const [, go] = useLocation();
  const [how, setHow] = useState<How>('copy');
  const [to, setTo] = useState<string | null>(null);
  const [chosen, setChosen] = useState<string[]>([]);
  const [disable, setDisable] = useState(true);
  const places = placesOf(products, organizations, scope, how);
  const place = places.flatMap((g) => g.items).find((p) => p.value === to);
  const own = products.filter((p) => place?.org && p.organization_id === place.org.id);
  const alreadyOff = isOn(at.integration.disabled);
  const apply = () => {
    if (!place) return;
    branch.mutate(
      { path: at.path, how, body: bodyOf(how, place, chosen.map(Number), disable && !alreadyOff) },
      {
        onSuccess: (made) => {
          tell.done(how === 'move' ? 'The integration has moved.' : 'The copy is made.');
          for (const warning of made.warnings ?? []) tell.warning('Please note', warning);
          close();
          go(`~${place.home}/integrations/webhooks/${made.id}`);
        },
      },
    );
  };
  return (
    <form
      onSubmit={(e) => {
        e.preventDefault();
        apply();
      }}
    >
      <Stack>
        <Radio.Group value={how} onChange={(v) => setHow(v as How)} label="What to do">
          <Stack gap={8} mt={6}>
            <Radio value="copy" label="Copy" description="The original stays, with its history" />
            <Radio value="move" label="Move" description="The original is deleted; the new one has an id and a history of its own" />
          </Stack>
        </Radio.Group>
        <Select label="To" placeholder="A scope" required searchable data={places} value={to} onChange={setTo} nothingFoundMessage="Nothing found" allowDeselect={false} />
        {place?.org && <Products products={own} organization={place.org} value={chosen} onChange={setChosen} />}
        {how === 'copy' && !alreadyOff && (
          <Checkbox checked={disable} onChange={(e) => setDisable(e.currentTarget.checked)} label="Disable the original" description="Otherwise an event that concerns both scopes sends a request for each" />
        )}
        {branch.isError && (
          <Alert color="red" variant="light" icon={<IconAlertTriangle />}>
            {messageOf(branch.error)}
          </Alert>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            Cancel
          </Button>
          <Button type="submit" loading={branch.isPending} disabled={!place}>
            {how === 'move' ? 'Move' : 'Copy'}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function Products({ products, organization, value, onChange }: { products: Product[]; organization: Organization; value: string[]; onChange: (v: string[]) => void }) {
  return (
    <MultiSelect
      label="Products where the integration will execute"
      placeholder={value.length ? undefined : products.length ? 'Choose products' : `${organization.name} has no product yet`}
      data={products.map((p) => ({ value: String(p.id), label: p.name }))}
      value={value}
      onChange={onChange}
      searchable
      clearable
    />
  );
}
