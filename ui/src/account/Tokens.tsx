import { ActionIcon, Badge, Button, Group, Modal, PasswordInput, Select, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconKey, IconLogout, IconTrash } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { api } from '../api/client';
import type { Schemas } from '../api/types';
import { useSession, useSessionActions } from '../app/session';
import { Confirm } from '../kit/Confirm';
import { FormEnd } from '../kit/FormEnd';
import { tell } from '../kit/notify';
import { OnceAndDone } from '../kit/Once';
import { Denied } from '../kit/states';
import { type Column, DataTable } from '../kit/table/DataTable';
import { Pager } from '../kit/table/Pager';
import { Search } from '../kit/table/Search';
import { useTableView } from '../kit/table/useTableView';
import { pageOfList, type TableView } from '../kit/table/view';
import { TimeText } from '../kit/TimeText';
import { useSubmit } from '../kit/useSubmit';

type Token = Schemas['Token'];

const usual: TableView = { page: 1, size: 25, search: '', sort: 'created', down: true };

const columns: Column<Token>[] = [
  {
    key: 'client',
    label: 'For',
    sortable: true,
    cell: (t) => (
      <Group gap={6} component="span" display="inline-flex">
        {t.client || 'no name'}
        {t.device_id && (
          <Badge variant="light" color="gray" tt="none" size="sm">
            device
          </Badge>
        )}
      </Group>
    ),
  },
  { key: 'token', label: 'Token', cell: (t) => <span className="fh-mono">…{t.token.slice(-4)}</span> },
  { key: 'created', label: 'Made', sortable: true, cell: (t) => <TimeText at={t.created_at} size="sm" /> },
  { key: 'expires', label: 'Ends', cell: (t) => <TimeText at={t.expires_at} size="sm" none="never" /> },
];

async function read(): Promise<Token[]> {
  const all: Token[] = [];
  for (let page = 1; page <= 10; page++) {
    const some = await api.get<Token[]>('/v1/access_tokens', { page, per_page: 1_000 });
    all.push(...some);
    if (some.length < 1_000) break;
  }
  return all;
}

/** The tokens of the user: sessions of browsers, programs, and devices. */
export function Tokens() {
  const client = useQueryClient();
  const [view, change] = useTableView(usual);
  const query = useQuery({ queryKey: ['tokens'], queryFn: read });
  const [making, setMaking] = useState(false);
  const [revoking, setRevoking] = useState<Token>();
  const [leaving, setLeaving] = useState(false);
  const { ended } = useSessionActions();
  const [, go] = useLocation();
  const refresh = () => client.invalidateQueries({ queryKey: ['tokens'] });
  const found = query.data && pageOfList(query.data, view, { text: (t) => `${t.client} ${t.token} ${t.device_id ?? ''}`, order: (t, sort) => (sort === 'client' ? t.client : Date.parse(t.created_at)) });
  if (query.isError && !query.data) return <Denied what="The list of tokens" error={query.error} again={() => void query.refetch()} />;
  return (
    <Stack gap="sm">
      <Group gap="xs">
        <Search view={view} change={change} label="Search tokens" />
        <Button leftSection={<IconKey size={16} />} onClick={() => setMaking(true)}>
          New token
        </Button>
        <Button variant="default" leftSection={<IconLogout size={16} />} onClick={() => setLeaving(true)}>
          Log out everywhere
        </Button>
      </Group>
      <DataTable
        label="Tokens"
        columns={columns}
        rows={found?.rows}
        idOf={(t) => t.id}
        view={view}
        change={change}
        menu={(t) => (
          <ActionIcon variant="subtle" color="red" aria-label={`Revoke the token of ${t.client || 'no name'} ending in ${t.token.slice(-4)}`} onClick={() => setRevoking(t)}>
            <IconTrash size={17} />
          </ActionIcon>
        )}
      />
      <Pager view={view} change={change} total={found?.total} what="Tokens" />
      <Modal opened={making} onClose={() => setMaking(false)} title="New token" centered closeOnClickOutside={false}>
        {making && <NewToken onMade={refresh} onClose={() => setMaking(false)} />}
      </Modal>
      <Confirm
        opened={revoking !== undefined}
        onClose={() => setRevoking(undefined)}
        title={`Revoke the token ending in ${revoking?.token.slice(-4)}?`}
        action="Revoke"
        onConfirm={async () => {
          if (revoking?.device_id) await api.delete(`/v1/devices/${revoking.device_id}/tokens/${revoking.id}`);
          else await api.delete(`/v1/access_tokens/${revoking?.id}`);
          tell.done('Revoked');
          await refresh();
          await client.invalidateQueries({ queryKey: ['session'] });
        }}
      >
        {revoking?.client === 'browser' ? 'A browser is logged out; it may be this one.' : 'Whoever uses it is refused from now on, and what came of the same login ends, too.'}
      </Confirm>
      <Confirm
        opened={leaving}
        onClose={() => setLeaving(false)}
        title="Log out everywhere?"
        action="Log out everywhere"
        onConfirm={async () => {
          await api.delete('/v1/access_tokens');
          ended();
          go('~/login', { replace: true });
        }}
      >
        All your tokens and sessions end, this one as well. Devices keep theirs.
      </Confirm>
    </Stack>
  );
}

const lives = [
  { value: '3600', label: 'An hour' },
  { value: '86400', label: 'A day' },
  { value: '2592000', label: '30 days' },
  { value: '7776000', label: '90 days' },
  { value: '31536000', label: 'A year' },
  { value: '0', label: 'Never' },
];

function NewToken({ onMade, onClose }: { onMade: () => Promise<unknown>; onClose: () => void }) {
  const { username } = useSession();
  const [token, setToken] = useState<string>();
  const form = useForm({
    initialValues: { client_id: '', expires_in: '7776000', password: '' },
    validate: { client_id: (v) => (v.trim() ? null : 'What it is for'), password: (v) => (v ? null : 'Your password') },
  });
  const { busy, failure, run } = useSubmit(form, ['client_id', 'expires_in', 'password']);
  const make = form.onSubmit((v) =>
    void run(async () => {
      const got = await api.post<Schemas['Granted']>('/oauth/token', { grant_type: 'password', username, password: v.password, client_id: v.client_id.trim(), expires_in: Number(v.expires_in) });
      setToken(got.access_token);
      await onMade();
    }),
  );
  if (token) {
    return <OnceAndDone value={token} what="the token" onClose={onClose} />;
  }
  return (
    <form onSubmit={make}>
      <Stack>
        <Text size="sm" c="dimmed">
          It can do what you can do. For a program that needs less, an API user of a product or an organization is the better choice.
        </Text>
        <TextInput label="For" placeholder="backup-script" data-autofocus {...form.getInputProps('client_id')} />
        <Select label="Ends after" allowDeselect={false} data={lives} {...form.getInputProps('expires_in')} />
        <PasswordInput label="Your password" description="A session alone does not make tokens." autoComplete="current-password" {...form.getInputProps('password')} />
        <FormEnd failure={failure} busy={busy} onCancel={onClose} action="Make a token" />
      </Stack>
    </form>
  );
}
