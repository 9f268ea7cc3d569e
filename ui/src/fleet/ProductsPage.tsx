import { Button, Modal, Select, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconPackages, IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useLocation, useSearchParams } from 'wouter';
import { api } from '../api/client';
import type { Product, Schemas } from '../api/types';
import { productsOf } from '../app/lists';
import { useScope } from '../app/scope';
import { FormEnd } from '../kit/FormEnd';
import { Guard } from '../kit/Guard';
import { Page } from '../kit/Page';
import { Denied, Empty } from '../kit/states';
import { type Column, DataTable, Nothing } from '../kit/table/DataTable';
import { Pager } from '../kit/table/Pager';
import { Search } from '../kit/table/Search';
import { useTableView } from '../kit/table/useTableView';
import { pageOfList, type TableView } from '../kit/table/view';
import { useSubmit } from '../kit/useSubmit';
import { useRefreshDevices } from './data';
import { platformChoices, platformName } from './platforms';

const usual: TableView = { page: 1, size: 25, search: '', sort: 'name', down: false };

const columns: Column<Product>[] = [
  { key: 'name', label: 'Name', sortable: true, cell: (p) => p.name },
  { key: 'slug', label: 'Slug', from: 'md', cell: (p) => <span className="fh-mono">{p.slug}</span> },
  { key: 'id', label: 'Number', sortable: true, end: true, cell: (p) => p.id },
  { key: 'devices', label: 'Devices', sortable: true, end: true, cell: (p) => p.device_count.toLocaleString() },
  { key: 'platform', label: 'Hardware', from: 'md', cell: (p) => platformName(p.platform_id) },
  { key: 'owner', label: 'Owner', from: 'lg', cell: (p) => p.org ?? p.user ?? <Nothing /> },
];

/** The products that one has a part in, or those of the organization. */
export default function ProductsPage() {
  const scope = useScope();
  const base = scope.kind === 'organization' ? `${scope.api}/products` : '/v1/user/products';
  const [view, change] = useTableView(usual);
  const [params, setParams] = useSearchParams();
  const query = useQuery(productsOf(scope));
  const add = (
    <Guard action="products:create">
      <Button leftSection={<IconPlus size={16} />} onClick={() => setParams({ add: '1' })}>
        New product
      </Button>
    </Guard>
  );
  const found = query.data && pageOfList(query.data, view, { text: (p) => `${p.name} ${p.slug} ${p.id}`, order: (p, sort) => (sort === 'devices' ? p.device_count : sort === 'id' ? p.id : p.name) });
  return (
    <Page title="Products" about={scope.kind === 'organization' ? `Those that ${scope.label} owns.` : 'Your own, and those that you have a part in.'} actions={add}>
      {query.isError && !query.data ? (
        <Denied what="The list of products" error={query.error} again={() => void query.refetch()} />
      ) : query.data?.length === 0 ? (
        <Empty icon={IconPackages} title="No products yet" action={add}>
          A product is a kind of device with its fleet. It has a team, integrations and secrets of its own.
        </Empty>
      ) : (
        <Stack gap="sm">
          <Search view={view} change={change} label="Search products" />
          <DataTable label="Products" columns={columns} rows={found?.rows} idOf={(p) => String(p.id)} hrefOf={(p) => `~/products/${p.slug}/devices`} view={view} change={change} />
          <Pager view={view} change={change} total={found?.total} what="Products" />
        </Stack>
      )}
      <Modal opened={params.has('add')} onClose={() => setParams({})} title="New product" centered>
        {params.has('add') && <NewProduct base={base} onClose={() => setParams({})} />}
      </Modal>
    </Page>
  );
}

function NewProduct({ base, onClose }: { base: string; onClose: () => void }) {
  const refresh = useRefreshDevices();
  const [, go] = useLocation();
  const form = useForm({ initialValues: { name: '', description: '', platform_id: '0' }, validate: { name: (v) => (v.trim() ? null : 'What to call it') } });
  const { busy, failure, run } = useSubmit(form, ['name', 'description', 'platform_id']);
  const create = form.onSubmit((v) =>
    void run(async () => {
      const { product } = await api.post<Schemas['OneProduct']>(base, { name: v.name.trim(), description: v.description, platform_id: Number(v.platform_id) });
      await refresh();
      go(`~/products/${product.slug}/devices`);
    }),
  );
  return (
    <form onSubmit={create}>
      <Stack>
        <TextInput label="Name" placeholder="Lamp" data-autofocus {...form.getInputProps('name')} />
        <Textarea label="Description" autosize minRows={2} {...form.getInputProps('description')} />
        <Select label="Hardware" description="Only devices of this kind can be added." allowDeselect={false} data={platformChoices()} {...form.getInputProps('platform_id')} />
        <Text size="xs" c="dimmed">
          Its address is made from the name and stays as it is.
        </Text>
        <FormEnd failure={failure} busy={busy} onCancel={onClose} action="Create" />
      </Stack>
    </form>
  );
}
