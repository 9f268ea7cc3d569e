import { ActionIcon, Badge, Button, Checkbox, Group, Menu, Modal, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconDots, IconMailPlus, IconUserPlus } from '@tabler/icons-react';
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { api } from '../api/client';
import type { Schemas } from '../api/types';
import { useSession } from '../app/session';
import { Confirm } from '../kit/Confirm';
import { ConfirmByName } from '../kit/ConfirmByName';
import { FormEnd } from '../kit/FormEnd';
import { tell } from '../kit/notify';
import { Once } from '../kit/Once';
import { Denied } from '../kit/states';
import { type Column, DataTable } from '../kit/table/DataTable';
import { Pager } from '../kit/table/Pager';
import { useTableView } from '../kit/table/useTableView';
import type { TableView } from '../kit/table/view';
import { TimeText } from '../kit/TimeText';
import { useLast } from '../kit/useLast';
import { useSubmit } from '../kit/useSubmit';

type Account = Schemas['Account'];

const usual: TableView = { page: 1, size: 25, search: '', sort: 'name', down: false };

const columns: Column<Account>[] = [
  {
    key: 'name',
    label: 'User name',
    cell: (u) => (
      <Group gap={6} component="span" display="inline-flex">
        {u.username}
        {u.admin && (
          <Badge variant="light" tt="none" size="sm">
            administrator
          </Badge>
        )}
      </Group>
    ),
  },
  { key: 'id', label: 'ID', from: 'md', cell: (u) => <span className="fh-mono">{u.id}</span> },
  { key: 'created', label: 'Since', cell: (u) => <TimeText at={u.created_at} size="sm" /> },
];

type Asking = { what: 'new' } | { what: 'invite' } | { what: 'password' | 'delete'; user: Account } | { what: 'shown'; title: string; value: string; name: string; note: ReactNode };

/** The accounts of the hub. */
export function Users() {
  const client = useQueryClient();
  const { username } = useSession();
  const [view, change] = useTableView(usual);
  const query = useQuery({
    queryKey: ['users', view.page, view.size],
    queryFn: () => api.get<{ users: Account[]; meta: Schemas['PageMeta'] }>('/v1/admin/users', { page: view.page, per_page: view.size }),
    placeholderData: keepPreviousData,
  });
  const [asking, setAsking] = useState<Asking>();
  const title = useLast(asking?.what === 'shown' ? asking.title : '', asking?.what === 'shown');
  const close = () => setAsking(undefined);
  const refresh = () => client.invalidateQueries({ queryKey: ['users'] });
  const shown = (title: string, name: string, value: string, note: ReactNode) => setAsking({ what: 'shown', title, name, value, note });
  if (query.isError && !query.data) return <Denied what="The list of accounts" error={query.error} again={() => void query.refetch()} />;
  const user = asking && 'user' in asking ? asking.user : undefined;
  return (
    <Stack gap="sm">
      <Group gap="xs">
        <Button leftSection={<IconUserPlus size={16} />} onClick={() => setAsking({ what: 'new' })}>
          New account
        </Button>
        <Button variant="default" leftSection={<IconMailPlus size={16} />} onClick={() => setAsking({ what: 'invite' })}>
          Invite somebody
        </Button>
      </Group>
      <DataTable
        label="Accounts"
        columns={columns}
        rows={query.data?.users}
        idOf={(u) => u.id}
        stale={query.isPlaceholderData}
        menu={(u) => <RowMenu user={u} self={u.username === username} ask={(what) => setAsking({ what, user: u })} />}
      />
      <Pager view={view} change={change} total={query.data?.meta.total_records} what="Accounts" />
      <Modal opened={asking?.what === 'new'} onClose={close} title="New account" centered>
        {asking?.what === 'new' && (
          <NewAccount
            onClose={close}
            onMade={(made) => {
              void refresh();
              if (made.password) shown(`${made.username} has an account`, 'the password', made.password, 'Hand it over in private. It can be changed under Account.');
              else close();
            }}
          />
        )}
      </Modal>
      <Modal opened={asking?.what === 'invite'} onClose={close} title="Invite somebody" centered>
        {asking?.what === 'invite' && <Invite onClose={close} onMade={(code, until) => shown('An invitation', 'the code', code, <>Good for one account, until <TimeText at={until} size="sm" />. It is sent as `code` when signing up with POST /v1/users.</>)} />}
      </Modal>
      <Confirm
        opened={asking?.what === 'password'}
        onClose={() => setAsking((a) => (a?.what === 'password' ? undefined : a))}
        title={`Set another password for ${user?.username}?`}
        action="Set a password"
        onConfirm={async () => {
          const got = await api.post<Account>(`/v1/admin/users/${user?.id}/password`);
          shown(`Another password for ${user?.username}`, 'the password', got.password ?? '', 'Hand it over in private.');
        }}
      >
        One is made up and shown once. All tokens and sessions of {user?.username} end.
      </Confirm>
      <ConfirmByName
        opened={asking?.what === 'delete'}
        onClose={close}
        title={`Delete the account ${user?.username}?`}
        name={user?.username ?? ''}
        action="Delete the account"
        onConfirm={async () => {
          await api.delete(`/v1/admin/users/${user?.id}`);
          tell.done(`${user?.username} is deleted`);
          await refresh();
        }}
      >
        Integrations, secrets, ledgers, clients and tokens go with it. Devices are released.
      </ConfirmByName>
      <Modal opened={asking?.what === 'shown'} onClose={close} title={title} centered closeOnClickOutside={false}>
        {asking?.what === 'shown' && (
          <Stack>
            <Once value={asking.value} what={asking.name} />
            <Text size="sm" component="div">
              {asking.note}
            </Text>
            <Group justify="flex-end">
              <Button onClick={close}>Done</Button>
            </Group>
          </Stack>
        )}
      </Modal>
    </Stack>
  );
}

function RowMenu({ user, self, ask }: { user: Account; self: boolean; ask: (what: 'password' | 'delete') => void }) {
  return (
    <Menu position="bottom-end" withinPortal width={220}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={`Actions for ${user.username}`}>
          <IconDots size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => ask('password')}>Set another password</Menu.Item>
        {!self && (
          <Menu.Item color="red" onClick={() => ask('delete')}>
            Delete the account
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}

function NewAccount({ onMade, onClose }: { onMade: (made: Account) => void; onClose: () => void }) {
  const form = useForm({ initialValues: { username: '', password: '', admin: false }, validate: { username: (v) => (v.trim() ? null : 'The name to log in with') } });
  const { busy, failure, run } = useSubmit(form, ['username', 'password']);
  const make = form.onSubmit((v) => void run(async () => onMade(await api.post<Account>('/v1/admin/users', { username: v.username.trim(), admin: v.admin, ...(v.password ? { password: v.password } : {}) }))));
  return (
    <form onSubmit={make}>
      <Stack>
        <TextInput label="User name" placeholder="ada@example.com" autoCapitalize="none" data-autofocus {...form.getInputProps('username')} />
        <PasswordInput label="Password" description="Left empty, one is made up and shown once." autoComplete="new-password" {...form.getInputProps('password')} />
        <Checkbox label="Administrator of the hub" {...form.getInputProps('admin', { type: 'checkbox' })} />
        <FormEnd failure={failure} busy={busy} onCancel={onClose} action="Create" />
      </Stack>
    </form>
  );
}

function Invite({ onMade, onClose }: { onMade: (code: string, until: string) => void; onClose: () => void }) {
  const form = useForm({ initialValues: { username: '' } });
  const { busy, failure, run } = useSubmit(form, ['username']);
  const make = form.onSubmit((v) =>
    void run(async () => {
      const got = await api.post<{ code: string; expires_at: string }>('/v1/admin/invitations', v.username.trim() ? { username: v.username.trim() } : {});
      onMade(got.code, got.expires_at);
    }),
  );
  return (
    <form onSubmit={make}>
      <Stack>
        <TextInput label="User name" description="Left empty, whoever has the code may use it. It is good for seven days and one account." autoCapitalize="none" data-autofocus {...form.getInputProps('username')} />
        <FormEnd failure={failure} busy={busy} onCancel={onClose} action="Make a code" />
      </Stack>
    </form>
  );
}
