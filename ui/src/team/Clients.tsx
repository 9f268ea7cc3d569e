import { ActionIcon, Button, Checkbox, Group, Modal, Select, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconApps, IconPencil, IconTrash } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../api/client';
import type { Schemas } from '../api/types';
import { useMay } from '../app/rights';
import { useScope } from '../app/scope';
import { Confirm } from '../kit/Confirm';
import { Copy } from '../kit/Copy';
import { FormEnd } from '../kit/FormEnd';
import { Guard } from '../kit/Guard';
import { OnceAndDone } from '../kit/Once';
import { Answered, Empty } from '../kit/states';
import { type Column, DataTable, Nothing } from '../kit/table/DataTable';
import { useSubmit } from '../kit/useSubmit';

type Client = Schemas['Client'];

const columns: Column<Client>[] = [
  { key: 'name', label: 'Name', cell: (c) => c.name },
  {
    key: 'id',
    label: 'ID',
    cell: (c) => (
      <Group gap={2} wrap="nowrap">
        <span className="fh-mono">{c.id}</span>
        <Copy text={c.id} what={`the id of ${c.name}`} />
      </Group>
    ),
  },
  { key: 'type', label: 'Kind', cell: (c) => (c.type === 'web' ? 'Web' : 'Installed') },
  { key: 'redirect', label: 'Redirects to', from: 'md', cell: (c) => c.redirect_uri ?? <Nothing /> },
  { key: 'scope', label: 'May', from: 'md', cell: (c) => (c.scope ? 'Make customers' : 'Everything') },
];

/** The OAuth clients of a product, or of the user. */
export function Clients() {
  const scope = useScope();
  const base = `${scope.api}/clients`;
  const client = useQueryClient();
  const may = useMay();
  const query = useQuery({ queryKey: ['clients', scope.api], queryFn: async () => (await api.get<{ clients: Client[] }>(base, { per_page: 1_000 })).clients });
  const [editing, setEditing] = useState<Client | 'new'>();
  const [removing, setRemoving] = useState<Client>();
  const refresh = () => client.invalidateQueries({ queryKey: ['clients'] });
  const create = (
    <Guard action="clients:create">
      <Button leftSection={<IconApps size={16} />} onClick={() => setEditing('new')}>
        New OAuth client
      </Button>
    </Guard>
  );
  return (
    <Stack>
      <Answered query={query} what="The list of OAuth clients" rows={3}>
        {(all) =>
          all.length === 0 ? (
            <Empty icon={IconApps} title="No OAuth clients yet" action={create}>
              {scope.kind === 'product' ? 'A client is an app or a server that logs the customers of this product in, or acts for the product.' : 'A client is a program with an id and a secret that gets tokens to act for you.'}
            </Empty>
          ) : (
            <>
              <Group>{create}</Group>
              <DataTable
                label="OAuth clients"
                columns={columns}
                rows={all}
                idOf={(c) => c.id}
                {...(may('clients:update').may
                  ? {
                      menu: (c: Client) => (
                        <Group gap={2} wrap="nowrap" justify="flex-end">
                          <ActionIcon variant="subtle" color="gray" aria-label={`Change ${c.name}`} onClick={() => setEditing(c)}>
                            <IconPencil size={17} />
                          </ActionIcon>
                          <ActionIcon variant="subtle" color="red" aria-label={`Delete ${c.name}`} onClick={() => setRemoving(c)}>
                            <IconTrash size={17} />
                          </ActionIcon>
                        </Group>
                      ),
                    }
                  : {})}
              />
            </>
          )
        }
      </Answered>
      <Modal opened={editing !== undefined} onClose={() => setEditing(undefined)} title={editing === 'new' ? 'New OAuth client' : 'Change an OAuth client'} centered closeOnClickOutside={false}>
        {editing && <ClientForm base={base} made={editing === 'new' ? undefined : editing} onSaved={refresh} onClose={() => setEditing(undefined)} />}
      </Modal>
      <Confirm opened={removing !== undefined} onClose={() => setRemoving(undefined)} title={`Delete the client ${removing?.name}?`} action="Delete" onConfirm={() => api.delete(`${base}/${removing?.id}`).then(refresh)}>
        The tokens that it has for itself end. Those of users who logged in through it stay.
      </Confirm>
    </Stack>
  );
}

type FormProps = { base: string; made: Client | undefined; onSaved: () => Promise<unknown>; onClose: () => void };

function ClientForm({ base, made, onSaved, onClose }: FormProps) {
  const product = useScope().kind === 'product';
  const [secret, setSecret] = useState<string>();
  const form = useForm({
    initialValues: { name: made?.name ?? '', type: made?.type ?? ('installed' as Client['type']), redirect_uri: made?.redirect_uri ?? '', customers: made?.scope === 'create_customer' },
    validate: { name: (v) => (v.trim() ? null : 'What to call it'), redirect_uri: (v, all) => (all.type === 'web' && !v.trim() ? 'A web client needs one' : null) },
  });
  const { busy, failure, run } = useSubmit(form, ['name', 'type', 'redirect_uri']);
  const save = form.onSubmit((v) =>
    void run(async () => {
      const common = { name: v.name.trim(), scope: v.customers ? 'create_customer' : '', ...(v.redirect_uri.trim() ? { redirect_uri: v.redirect_uri.trim() } : {}) };
      if (made) await api.put(`${base}/${made.id}`, common);
      else setSecret((await api.post<Schemas['ChangedClient']>(base, { ...common, type: v.type })).client.secret);
      await onSaved();
      if (made) onClose();
    }),
  );
  if (secret) {
    return <OnceAndDone value={secret} what="the secret of the client" onClose={onClose} />;
  }
  return (
    <form onSubmit={save}>
      <Stack>
        <TextInput label="Name" data-autofocus {...form.getInputProps('name')} />
        {!made && (
          <Select
            label="Kind"
            allowDeselect={false}
            data={[
              { value: 'installed', label: 'Installed: an app, a server or a script' },
              { value: 'web', label: 'Web: a site that users are sent back to' },
            ]}
            {...form.getInputProps('type')}
          />
        )}
        {form.values.type === 'web' && <TextInput label="Redirects to" placeholder="https://app.example.com/back" {...form.getInputProps('redirect_uri')} />}
        {product && <Checkbox label="Only makes customers and logs them in" description="For apps that are given away: their secret is known to whoever looks." {...form.getInputProps('customers', { type: 'checkbox' })} />}
        <FormEnd failure={failure} busy={busy} onCancel={onClose} action={made ? 'Save' : 'Create'} />
      </Stack>
    </form>
  );
}
