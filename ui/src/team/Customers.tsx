import { ActionIcon, Badge, Button, Group, Modal, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconTrash, IconUserHeart } from '@tabler/icons-react';
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../api/client';
import type { Schemas } from '../api/types';
import { useMay } from '../app/rights';
import { useScope } from '../app/scope';
import { Confirm } from '../kit/Confirm';
import { FormEnd } from '../kit/FormEnd';
import { Guard } from '../kit/Guard';
import { OnceAndDone } from '../kit/Once';
import { Answered, Empty } from '../kit/states';
import { type Column, DataTable } from '../kit/table/DataTable';
import { Pager } from '../kit/table/Pager';
import { useTableView } from '../kit/table/useTableView';
import type { TableView } from '../kit/table/view';
import { TimeText } from '../kit/TimeText';
import { useSubmit } from '../kit/useSubmit';

type Customer = Schemas['Customer'];

const usual: TableView = { page: 1, size: 25, search: '', sort: 'email', down: false };

const columns: Column<Customer>[] = [
  { key: 'email', label: 'E-mail address', cell: (c) => c.email },
  {
    key: 'kind',
    label: 'Kind',
    cell: (c) => (
      <Badge variant="light" color={c.shadow ? 'gray' : 'field'} tt="none" title={c.shadow ? 'Without a password: the server of the product acts for it' : 'Logs in with a password'}>
        {c.shadow ? 'Shadow' : 'With a password'}
      </Badge>
    ),
  },
  { key: 'created', label: 'Since', cell: (c) => <TimeText at={c.created_at} size="sm" /> },
];

/** The people whose devices a product's are. */
export function Customers() {
  const scope = useScope();
  const base = `${scope.api}/customers`;
  const client = useQueryClient();
  const may = useMay();
  const [view, change] = useTableView(usual);
  const query = useQuery({
    queryKey: ['customers', scope.api, view.page, view.size],
    queryFn: () => api.get<{ customers: Customer[]; meta: Schemas['PageMeta'] }>(base, { page: view.page, per_page: view.size }),
    placeholderData: keepPreviousData,
  });
  const [adding, setAdding] = useState(false);
  const [removing, setRemoving] = useState<Customer>();
  const refresh = () => client.invalidateQueries({ queryKey: ['customers'] });
  const add = (
    <Guard action="customers:create">
      <Button leftSection={<IconUserHeart size={16} />} onClick={() => setAdding(true)}>
        New customer
      </Button>
    </Guard>
  );
  return (
    <Stack>
      <Answered query={query} what="The list of customers" rows={4}>
        {({ customers, meta }) =>
          meta.total_records === 0 ? (
            <Empty icon={IconUserHeart} title="No customers yet" action={add}>
              A customer claims devices of the product and sees those alone. Apps make them with an OAuth client.
            </Empty>
          ) : (
            <>
              <Group>{add}</Group>
              <DataTable
                label="Customers"
                columns={columns}
                rows={customers}
                idOf={(c) => c.id}
                stale={query.isPlaceholderData}
                {...(may('customers:delete').may
                  ? {
                      menu: (c: Customer) => (
                        <ActionIcon variant="subtle" color="red" aria-label={`Delete ${c.email}`} onClick={() => setRemoving(c)}>
                          <IconTrash size={17} />
                        </ActionIcon>
                      ),
                    }
                  : {})}
              />
              <Pager view={view} change={change} total={meta.total_records} what="Customers" />
            </>
          )
        }
      </Answered>
      <Modal opened={adding} onClose={() => setAdding(false)} title="New customer" centered closeOnClickOutside={false}>
        {adding && <NewCustomer base={base} onSaved={refresh} onClose={() => setAdding(false)} />}
      </Modal>
      <Confirm opened={removing !== undefined} onClose={() => setRemoving(undefined)} title={`Delete the customer ${removing?.email}?`} action="Delete" onConfirm={() => api.delete(`${base}/${encodeURIComponent(removing?.email ?? '')}`).then(refresh)}>
        The devices of this customer are released, and its tokens end.
      </Confirm>
    </Stack>
  );
}

function NewCustomer({ base, onSaved, onClose }: { base: string; onSaved: () => Promise<unknown>; onClose: () => void }) {
  const [token, setToken] = useState<string>();
  const form = useForm({ initialValues: { email: '', password: '' }, validate: { email: (v) => (/^\S+@\S+$/.test(v.trim()) ? null : 'An e-mail address') } });
  const { busy, failure, run } = useSubmit(form, ['email', 'password']);
  const save = form.onSubmit((v) =>
    void run(async () => {
      const got = await api.post<Schemas['Granted']>(base, { email: v.email.trim(), ...(v.password ? { password: v.password } : {}) });
      setToken(got.access_token);
      await onSaved();
    }),
  );
  if (token) {
    return <OnceAndDone value={token} what="the token of the customer" onClose={onClose} />;
  }
  return (
    <form onSubmit={save}>
      <Stack>
        <TextInput label="E-mail address" data-autofocus {...form.getInputProps('email')} />
        <PasswordInput label="Password" description="Optional. Without one it is a shadow customer, for whom the server of the product acts." autoComplete="new-password" {...form.getInputProps('password')} />
        <FormEnd failure={failure} busy={busy} onCancel={onClose} action="Create" />
      </Stack>
    </form>
  );
}
