import { Alert, Button, Card, Checkbox, Group, Select, Stack, Text, Textarea, TextInput, Title } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconLock } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { api } from '../api/client';
import type { Organization, Product } from '../api/types';
import { useMay } from '../app/rights';
import { useScope } from '../app/scope';
import { ConfirmByName } from '../kit/ConfirmByName';
import { Copy } from '../kit/Copy';
import { FormEnd } from '../kit/FormEnd';
import { Guard } from '../kit/Guard';
import { tell } from '../kit/notify';
import { Page } from '../kit/Page';
import { useSubmit } from '../kit/useSubmit';
import { platformChoices } from './platforms';

/** What a product or an organization is called, and its end. */
export default function SettingsPage() {
  const scope = useScope();
  return (
    <Page title="Settings" about={scope.label}>
      {scope.kind === 'product' && <ProductSettings key={scope.product.updated_at} product={scope.product} />}
      {scope.kind === 'organization' && <OrganizationSettings key={scope.organization.name} organization={scope.organization} />}
    </Page>
  );
}

/** What else shows the names of products and organizations. */
const shown = ['product', 'products', 'organization', 'organizations'];

function useRefreshScopes() {
  const client = useQueryClient();
  return () => Promise.all(shown.map((key) => client.invalidateQueries({ queryKey: [key] })));
}

function Locked({ why }: { why: string }) {
  if (!why) return null;
  return (
    <Alert color="gray" variant="light" icon={<IconLock />}>
      {why}
    </Alert>
  );
}

function Ids({ ids }: { ids: { label: string; text: string }[] }) {
  return (
    <Group gap="lg">
      {ids.map(({ label, text }) => (
        <Group key={label} gap={4}>
          <Text size="sm" c="dimmed">
            {label}
          </Text>
          <span className="fh-mono">{text}</span>
          <Copy text={text} what={label.toLowerCase()} />
        </Group>
      ))}
    </Group>
  );
}

function ProductSettings({ product }: { product: Product }) {
  const scope = useScope();
  const refresh = useRefreshScopes();
  const { may, why } = useMay()('products:update');
  const form = useForm({ initialValues: { name: product.name, description: product.description, platform_id: String(product.platform_id) }, validate: { name: (v) => (v.trim() ? null : 'What to call it') } });
  const { busy, failure, run } = useSubmit(form, ['name', 'description', 'platform_id']);
  const save = form.onSubmit((v) =>
    void run(async () => {
      await api.put(scope.api, { ...v, platform_id: Number(v.platform_id) });
      await refresh();
      tell.done('Saved');
    }),
  );
  return (
    <>
      <Card withBorder maw={640} component="section" aria-label="Product">
        <form onSubmit={save}>
          <Stack>
            <Ids
              ids={[
                { label: 'Number', text: String(product.id) },
                { label: 'Slug', text: product.slug },
              ]}
            />
            <TextInput label="Name" readOnly={!may} {...form.getInputProps('name')} />
            <Textarea label="Description" autosize minRows={2} readOnly={!may} {...form.getInputProps('description')} />
            <Select label="Hardware" allowDeselect={false} readOnly={!may} data={platformChoices(product.platform_id)} {...form.getInputProps('platform_id')} />
            {may ? <FormEnd failure={failure} busy={busy} action="Save" disabled={!form.isDirty()} /> : <Locked why={why} />}
          </Stack>
        </form>
      </Card>
      <DeleteProduct product={product} />
    </>
  );
}

function DeleteProduct({ product }: { product: Product }) {
  const scope = useScope();
  const refresh = useRefreshScopes();
  const [, go] = useLocation();
  const [asking, setAsking] = useState(false);
  const [force, setForce] = useState(false);
  const fleet = product.device_count.toLocaleString();
  return (
    <Danger text="With its integrations, secrets, team and API users." button="Delete the product" action="products:delete" ask={() => setAsking(true)}>
      <ConfirmByName
        opened={asking}
        onClose={() => setAsking(false)}
        title={`Delete ${product.name}?`}
        name={product.name}
        action="Delete the product"
        onConfirm={async () => {
          await api.delete(`${scope.api}${force ? '?force=true' : ''}`);
          tell.done(`${product.name} is deleted`);
          go('~/products', { replace: true });
          await refresh();
        }}
      >
        <Stack gap="sm">
          <Text size="sm">Its integrations, secrets, team and API users are gone for good.</Text>
          {product.device_count > 0 && <Checkbox checked={force} onChange={(e) => setForce(e.currentTarget.checked)} label={`Also though it has ${fleet} ${product.device_count === 1 ? 'device' : 'devices'}: claimed ones stay with their owners, the others are forgotten`} />}
        </Stack>
      </ConfirmByName>
    </Danger>
  );
}

function OrganizationSettings({ organization }: { organization: Organization }) {
  const scope = useScope();
  const refresh = useRefreshScopes();
  const [, go] = useLocation();
  const [asking, setAsking] = useState(false);
  const { may, why } = useMay()('organizations:update');
  const form = useForm({ initialValues: { name: organization.name }, validate: { name: (v) => (v.trim() ? null : 'What to call it') } });
  const { busy, failure, run } = useSubmit(form, ['name']);
  const save = form.onSubmit((v) =>
    void run(async () => {
      await api.put(scope.api, { name: v.name.trim() });
      await refresh();
      tell.done('Saved');
    }),
  );
  return (
    <>
      <Card withBorder maw={640} component="section" aria-label="Organization">
        <form onSubmit={save}>
          <Stack>
            <Ids
              ids={[
                { label: 'Id', text: organization.id },
                { label: 'Slug', text: organization.slug },
              ]}
            />
            <TextInput label="Name" readOnly={!may} {...form.getInputProps('name')} />
            {may ? <FormEnd failure={failure} busy={busy} action="Save" disabled={!form.isDirty()} /> : <Locked why={why} />}
          </Stack>
        </form>
      </Card>
      <Danger text="With its integrations, secrets, ledgers, team and API users. One that owns products cannot be deleted." button="Delete the organization" action="organizations:delete" ask={() => setAsking(true)}>
        <ConfirmByName
          opened={asking}
          onClose={() => setAsking(false)}
          title={`Delete ${organization.name}?`}
          name={organization.name}
          action="Delete the organization"
          onConfirm={async () => {
            await api.delete(scope.api);
            tell.done(`${organization.name} is deleted`);
            go('~/orgs', { replace: true });
            await refresh();
          }}
        >
          Its integrations, secrets, ledgers, team and API users are gone for good.
        </ConfirmByName>
      </Danger>
    </>
  );
}

type DangerProps = { text: string; button: string; action: string; ask: () => void; children: React.ReactNode };

function Danger({ text, button, action, ask, children }: DangerProps) {
  return (
    <Card withBorder maw={640} component="section" aria-label="Danger zone">
      <Stack gap="xs" align="flex-start">
        <Title order={2} size="h5">
          Danger zone
        </Title>
        <Text size="sm" c="dimmed">
          {text}
        </Text>
        <Guard action={action}>
          <Button color="red" variant="outline" onClick={ask}>
            {button}
          </Button>
        </Guard>
      </Stack>
      {children}
    </Card>
  );
}
