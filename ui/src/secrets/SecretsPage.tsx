import { ActionIcon, Anchor, Button, Code, Group, Modal, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconKey, IconPlus, IconReplace, IconTrash } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useSearchParams } from 'wouter';
import { api } from '../api/client';
import type { Schemas } from '../api/types';
import { secretsOf } from '../app/lists';
import { useMay } from '../app/rights';
import { useScope } from '../app/scope';
import { Confirm } from '../kit/Confirm';
import { Copy } from '../kit/Copy';
import { FormEnd } from '../kit/FormEnd';
import { Guard } from '../kit/Guard';
import { tell } from '../kit/notify';
import { Page } from '../kit/Page';
import { Denied, Empty } from '../kit/states';
import { type Column, DataTable, Nothing } from '../kit/table/DataTable';
import { Pager } from '../kit/table/Pager';
import { Search } from '../kit/table/Search';
import { useTableView } from '../kit/table/useTableView';
import { pageOfList, type TableView } from '../kit/table/view';
import { TimeText } from '../kit/TimeText';
import { useSubmit } from '../kit/useSubmit';
import { nameFault, tagOf } from './names';

type Secret = Schemas['Secret'];

const usual: TableView = { page: 1, size: 25, search: '', sort: 'name', down: false };

const columns: Column<Secret>[] = [
  {
    key: 'name',
    label: 'Name',
    sortable: true,
    cell: (s) => (
      <Group gap={2} wrap="nowrap">
        <span className="fh-mono" style={{ fontWeight: 600 }}>
          {s.name}
        </span>
        <Copy text={tagOf(s.name)} what={`the tag of ${s.name} for templates`} />
      </Group>
    ),
  },
  { key: 'used', label: 'Used by', cell: (s) => <UsedBy secret={s} /> },
  { key: 'accessed', label: 'Last used', sortable: true, cell: (s) => <TimeText at={s.last_accessed_at} size="sm" /> },
  { key: 'updated', label: 'Changed', sortable: true, from: 'md', cell: (s) => <TimeText at={s.updated_at} size="sm" /> },
];

function UsedBy({ secret }: { secret: Secret }) {
  if (secret.integrations.length === 0) return <Nothing />;
  return (
    <Group gap={8}>
      {secret.integrations.slice(0, 3).map((i) => (
        <Anchor key={i.id} component={Link} href={`/integrations/webhooks/${i.id}`} size="sm">
          {i.name || i.id.slice(0, 8)}
        </Anchor>
      ))}
      {secret.integrations.length > 3 && (
        <Text span size="sm" c="dimmed">
          and {secret.integrations.length - 3} more
        </Text>
      )}
    </Group>
  );
}

/** Named values for templates: they go in and never come out. */
export default function SecretsPage() {
  const scope = useScope();
  const may = useMay();
  const client = useQueryClient();
  const [view, change] = useTableView(usual);
  const [params, setParams] = useSearchParams();
  const [deleting, setDeleting] = useState<Secret>();
  const query = useQuery(secretsOf(scope));
  const refresh = () => client.invalidateQueries({ queryKey: ['secrets'] });
  const set = may('secrets:update').may ? params.get('set') : null; // the name of a secret to replace; empty = a new one
  const put = (name: string | undefined) =>
    setParams((old) => {
      const next = new URLSearchParams(old);
      if (name === undefined) next.delete('set');
      else next.set('set', name);
      return next;
    });
  const open = (name: string) => put(name);
  const add = (
    <Guard action="secrets:update">
      <Button leftSection={<IconPlus size={16} />} onClick={() => open('')}>
        New secret
      </Button>
    </Guard>
  );
  const found = query.data && pageOfList(query.data, view, { text: (s) => s.name, order: (s, sort) => (sort === 'name' ? s.name : Date.parse((sort === 'accessed' ? s.last_accessed_at : s.updated_at) ?? '1970-01-01')) });
  return (
    <Page title="Secrets" about="Named values for templates. They go in and never come out again." actions={add}>
      {query.isError && !query.data ? (
        <Denied what="The list of secrets" error={query.error} again={() => void query.refetch()} />
      ) : query.data?.length === 0 ? (
        <Empty icon={IconKey} title="No secrets yet" action={add}>
          <HowTo name="API_KEY" />
        </Empty>
      ) : (
        <Stack gap="sm">
          <Search view={view} change={change} label="Search secrets" />
          <DataTable
            label="Secrets"
            columns={columns}
            rows={found?.rows}
            idOf={(s) => s.name}
            view={view}
            change={change}
            expect={4}
            {...(may('secrets:update').may
              ? {
                  menu: (s: Secret) => (
                    <Group gap={2} wrap="nowrap" justify="flex-end">
                      <ActionIcon variant="subtle" color="gray" aria-label={`Replace the value of ${s.name}`} onClick={() => open(s.name)}>
                        <IconReplace size={17} />
                      </ActionIcon>
                      <ActionIcon variant="subtle" color="red" aria-label={`Delete ${s.name}`} onClick={() => setDeleting(s)}>
                        <IconTrash size={17} />
                      </ActionIcon>
                    </Group>
                  ),
                }
              : {})}
          />
          <Pager view={view} change={change} total={found?.total} what="Secrets" />
          <Text size="sm" c="dimmed" component="div">
            <HowTo name={query.data?.[0]?.name ?? 'API_KEY'} />
          </Text>
        </Stack>
      )}
      <Modal opened={set !== null} onClose={() => put(undefined)} title={set ? `Replace ${set}` : 'New secret'} centered>
        {set !== null && <SecretForm name={set} taken={(query.data ?? []).map((s) => s.name)} onSaved={refresh} onClose={() => put(undefined)} />}
      </Modal>
      <Delete secret={deleting} onClose={() => setDeleting(undefined)} onDeleted={refresh} />
    </Page>
  );
}

function HowTo({ name }: { name: string }) {
  return (
    <>
      An integration that selects the secret uses it as <Code>{tagOf(name)}</Code> in its URL, headers, body or sign-in. Records of calls show <Code>[[SENSITIVE]]</Code> in its place.
    </>
  );
}

type FormProps = { name: string; taken: string[]; onSaved: () => Promise<unknown>; onClose: () => void };

function SecretForm({ name, taken, onSaved, onClose }: FormProps) {
  const scope = useScope();
  const form = useForm({
    initialValues: { name, value: '' },
    validate: { name: (v) => (name ? null : (nameFault(v) ?? (taken.includes(v) ? 'There is one of this name; replace its value instead' : null))), value: (v) => (v ? null : 'What it stands for') },
  });
  const { busy, failure, run } = useSubmit(form, ['name', 'value']);
  const save = form.onSubmit((v) =>
    void run(async () => {
      await api.put(`${scope.api}/secrets/${encodeURIComponent(v.name)}`, { value: v.value });
      tell.done(name ? `${name} is replaced` : `${v.name} is kept`);
      onClose();
      await onSaved();
    }),
  );
  return (
    <form onSubmit={save}>
      <Stack>
        {!name && (
          <TextInput
            label="Name"
            placeholder="API_KEY"
            description="Capital letters, digits and underscores"
            className="fh-mono"
            data-autofocus
            {...form.getInputProps('name')}
            onChange={(e) => form.setFieldValue('name', e.currentTarget.value.toUpperCase().replaceAll(/[\s-]/g, '_'))}
          />
        )}
        <PasswordInput label={name ? 'New value' : 'Value'} autoComplete="off" data-autofocus={name ? true : undefined} {...form.getInputProps('value')} />
        {name && (
          <Text size="sm" c="dimmed">
            Calls from now on use the new value, also those that are repeated.
          </Text>
        )}
        <FormEnd failure={failure} busy={busy} onCancel={onClose} action={name ? 'Replace' : 'Save'} />
      </Stack>
    </form>
  );
}

function Delete({ secret, onClose, onDeleted }: { secret: Secret | undefined; onClose: () => void; onDeleted: () => Promise<unknown> }) {
  const scope = useScope();
  const users = secret?.integrations ?? [];
  if (secret && users.length > 0) {
    return (
      <Modal opened onClose={onClose} title={`${secret.name} is in use`} centered>
        <Stack>
          <Text size="sm">These integrations use it. Take it out of them first, then it can be deleted.</Text>
          {users.map((i) => (
            <Anchor key={i.id} component={Link} href={`/integrations/webhooks/${i.id}/edit`} size="sm">
              {i.name || i.id}
            </Anchor>
          ))}
        </Stack>
      </Modal>
    );
  }
  return (
    <Confirm
      opened={secret !== undefined}
      onClose={onClose}
      title={`Delete the secret ${secret?.name}?`}
      action="Delete"
      onConfirm={async () => {
        await api.delete(`${scope.api}/secrets/${encodeURIComponent(secret?.name ?? '')}`);
        tell.done(`${secret?.name} is deleted`);
        await onDeleted();
      }}
    >
      No integration uses it. Its value cannot be brought back.
    </Confirm>
  );
}
