import { Badge, Button, Modal, SegmentedControl, Select, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconDatabase, IconPlus } from '@tabler/icons-react';
import { useLocation, useSearchParams } from 'wouter';
import { api } from '../api/client';
import { useScope } from '../app/scope';
import { FormEnd } from '../kit/FormEnd';
import { Guard } from '../kit/Guard';
import { Page } from '../kit/Page';
import { Denied, Empty } from '../kit/states';
import { type Column, DataTable, Nothing } from '../kit/table/DataTable';
import { TimeText } from '../kit/TimeText';
import { useSubmit } from '../kit/useSubmit';
import { type Ledger, useLedgers, useRefreshLedgers } from './data';
import { aboutDirection, aboutScope } from './words';

const columns: Column<Ledger>[] = [
  { key: 'name', label: 'Name', cell: (l) => l.name },
  {
    key: 'scope',
    label: 'For each',
    cell: (l) => (
      <Badge variant="light" tt="none">
        {l.scope}
      </Badge>
    ),
  },
  { key: 'direction', label: 'Direction', from: 'md', cell: (l) => l.direction ?? <Nothing /> },
  { key: 'description', label: 'Description', from: 'md', cell: (l) => l.description || <Nothing /> },
  { key: 'updated', label: 'Changed', from: 'lg', cell: (l) => <TimeText at={l.updated_at} size="sm" /> },
];

/** The ledgers of the sandbox or of an organization. */
export default function LedgersPage() {
  const [params, setParams] = useSearchParams();
  const archived = params.has('archived');
  const query = useLedgers(archived);
  const add = (
    <Guard action="ledgers:create">
      <Button leftSection={<IconPlus size={16} />} onClick={() => setParams({ add: '1' })}>
        New ledger
      </Button>
    </Guard>
  );
  return (
    <Page title="Ledgers" about="Small JSON documents of devices, of products or of their owner. Templates of integrations read them." actions={add}>
      <SegmentedControl
        aria-label="Which ledgers"
        style={{ alignSelf: 'flex-start' }}
        data={[
          { value: 'use', label: 'In use' },
          { value: 'archived', label: 'Archived' },
        ]}
        value={archived ? 'archived' : 'use'}
        onChange={(v) => setParams(v === 'archived' ? { archived: '1' } : {})}
      />
      {query.isError && !query.data ? (
        <Denied what="The list of ledgers" error={query.error} again={() => void query.refetch()} />
      ) : query.data?.length === 0 ? (
        <Empty icon={IconDatabase} title={archived ? 'No archived ledgers' : 'No ledgers yet'} action={archived ? undefined : add}>
          {archived ? 'An archived ledger keeps its data, and templates find nothing in it.' : 'A serial number at another service for each device, a threshold for each product: what a template needs and a device should not have to know.'}
        </Empty>
      ) : (
        <DataTable label="Ledgers" columns={columns} rows={query.data} idOf={(l) => l.name} hrefOf={(l) => `/ledgers/${l.name}`} expect={4} />
      )}
      <Modal opened={params.has('add')} onClose={() => setParams({})} title="New ledger" centered>
        {params.has('add') && <NewLedger onClose={() => setParams({})} />}
      </Modal>
    </Page>
  );
}

function NewLedger({ onClose }: { onClose: () => void }) {
  const scope = useScope();
  const refresh = useRefreshLedgers();
  const [, go] = useLocation();
  const form = useForm({
    initialValues: { name: '', description: '', scope: 'Device' as Ledger['scope'], direction: '' },
    validate: { name: (v) => (/^[a-z0-9-]{1,32}$/.test(v) ? null : '1 to 32 lower-case letters, digits and dashes') },
  });
  const { busy, failure, run } = useSubmit(form, ['name', 'description', 'scope', 'direction']);
  const create = form.onSubmit(({ direction, ...v }) =>
    void run(async () => {
      await api.post(`${scope.api}/ledgers`, { ledger: { ...v, ...(direction ? { direction } : {}) } });
      await refresh();
      go(`/ledgers/${v.name}`);
    }),
  );
  return (
    <form onSubmit={create}>
      <Stack>
        <TextInput label="Name" placeholder="datacake" description="It cannot be changed later, nor can the next two." data-autofocus {...form.getInputProps('name')} />
        <Select label="A document for each" description={aboutScope[form.values.scope]} allowDeselect={false} data={['Device', 'Product', 'Owner']} {...form.getInputProps('scope')} />
        <Select
          label="Direction"
          description={aboutDirection(form.values.direction)}
          allowDeselect={false}
          data={[
            { value: '', label: 'None' },
            { value: 'Downstream', label: 'Downstream' },
            { value: 'Upstream', label: 'Upstream' },
          ]}
          {...form.getInputProps('direction')}
        />
        <TextInput label="Description" {...form.getInputProps('description')} />
        <FormEnd failure={failure} busy={busy} onCancel={onClose} action="Create" />
      </Stack>
    </form>
  );
}
