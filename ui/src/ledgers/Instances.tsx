import { Alert, Button, Group, Modal, Select, Stack, TextInput } from '@mantine/core';
import { IconFilePlus } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../api/client';
import type { Schemas } from '../api/types';
import { productsOf } from '../app/lists';
import { useScope } from '../app/scope';
import { useSession } from '../app/session';
import { DeviceChooser } from '../kit/DeviceChooser';
import { Guard } from '../kit/Guard';
import { Answered, Empty } from '../kit/states';
import { type Column, DataTable } from '../kit/table/DataTable';
import { Pager } from '../kit/table/Pager';
import { useTableView } from '../kit/table/useTableView';
import type { TableView } from '../kit/table/view';
import { TimeText } from '../kit/TimeText';
import type { Ledger } from './data';

type Instance = Schemas['LedgerInstance'];

const usual: TableView = { page: 1, size: 25, search: '', sort: 'value', down: false };

const columns: Column<Instance>[] = [
  { key: 'name', label: 'Of', cell: (i) => i.scope.name || i.scope.value },
  { key: 'value', label: 'ID', from: 'md', cell: (i) => <span className="fh-mono">{i.scope.value}</span> },
  { key: 'size', label: 'Bytes', end: true, cell: (i) => i.size_bytes.toLocaleString() },
  { key: 'version', label: 'Version', end: true, cell: (i) => i.version.toLocaleString() },
  { key: 'updated', label: 'Changed', cell: (i) => <TimeText at={i.updated_at} size="sm" /> },
];

/** The instances of a ledger, and the way to new ones. */
export function Instances({ ledger, open }: { ledger: Ledger; open: (value: string) => void }) {
  const scope = useScope();
  const [view, change] = useTableView(usual);
  const [choosing, setChoosing] = useState(false);
  const { id } = useSession();
  const size = Math.min(view.size, 100);
  const query = useQuery({
    queryKey: ['ledgers', scope.api, 'instances', ledger.name, view.page, size],
    queryFn: () => api.get<{ instances: Instance[]; meta: Schemas['LedgerMeta'] }>(`${scope.api}/ledgers/${ledger.name}/instances`, { page: view.page, per_page: size }),
    placeholderData: keepPreviousData,
  });
  const owner = scope.kind === 'organization' ? scope.organization.id : id;
  const readOnly = ledger.archived || ledger.direction === 'Upstream';
  const add = !readOnly && (
    <Guard action="ledgers:update">
      <Button leftSection={<IconFilePlus size={16} />} onClick={() => (ledger.scope === 'Owner' ? open(owner) : setChoosing(true))}>
        {ledger.scope === 'Owner' ? 'Open the document' : 'New instance'}
      </Button>
    </Guard>
  );
  return (
    <Stack gap="sm">
      <Answered query={query} what="The list of instances" rows={4}>
        {({ instances, meta }) =>
          meta.total_records === 0 ? (
            <Empty icon={IconFilePlus} title="No instances yet" action={add || undefined}>
              {ledger.direction === 'Upstream' ? 'Devices write this ledger.' : 'An instance is the document of one device, one product or the owner. Where there is none, templates find nothing.'}
            </Empty>
          ) : (
            <>
              <Group>{add}</Group>
              {ledger.archived && (
                <Alert color="yellow" variant="light">
                  The ledger is archived: it shows what it holds, and takes nothing new.
                </Alert>
              )}
              <DataTable label="Instances" columns={columns} rows={instances} idOf={(i) => i.scope.value} hrefOf={(i) => `/ledgers/${ledger.name}?instance=${i.scope.value}`} stale={query.isPlaceholderData} />
              <Pager view={{ ...view, size }} change={change} total={meta.total_records} what="Instances" />
            </>
          )
        }
      </Answered>
      <Modal opened={choosing} onClose={() => setChoosing(false)} title="New instance" centered>
        {choosing && <Choose kind={ledger.scope} open={open} />}
      </Modal>
    </Stack>
  );
}

/** Chooses what the new instance is of. */
function Choose({ kind, open }: { kind: Ledger['scope']; open: (value: string) => void }) {
  const scope = useScope();
  const [value, setValue] = useState<string | null>(null);
  return (
    <form
      onSubmit={(e) => {
        e.preventDefault();
        if (value) open(value);
      }}
    >
      <Stack>
        {kind === 'Product' ? (
          <ProductChoice value={value} onChange={setValue} />
        ) : scope.kind === 'organization' ? (
          <TextInput label="Device id" description="Of a device in one of the products of the organization" value={value ?? ''} onChange={(e) => setValue(e.currentTarget.value.trim().toLowerCase())} data-autofocus />
        ) : (
          <DeviceChooser value={value} onChange={setValue} />
        )}
        <Group justify="flex-end">
          <Button type="submit" disabled={!value}>
            Edit the document
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function ProductChoice({ value, onChange }: { value: string | null; onChange: (v: string | null) => void }) {
  const scope = useScope();
  const products = useQuery(productsOf(scope));
  const own = (products.data ?? []).filter((p) => scope.kind === 'organization' || !p.org);
  return <Select label="Product" searchable data={own.map((p) => ({ value: String(p.id), label: p.name }))} value={value} onChange={onChange} nothingFoundMessage="No product" />;
}
