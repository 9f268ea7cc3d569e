import { ActionIcon, Anchor, Button, Checkbox, Group, Modal, SimpleGrid, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconPencil, IconRobot, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { api } from '../api/client';
import type { Schemas } from '../api/types';
import { useMay, useRole } from '../app/rights';
import { useScope } from '../app/scope';
import { Confirm } from '../kit/Confirm';
import { FormEnd } from '../kit/FormEnd';
import { Guard } from '../kit/Guard';
import { tell } from '../kit/notify';
import { OnceAndDone } from '../kit/Once';
import { Answered, Empty } from '../kit/states';
import { type Column, DataTable } from '../kit/table/DataTable';
import { useSubmit } from '../kit/useSubmit';
import { choices, inWords, presets } from './actions';
import { type Member, useRefreshTeam, useTeam } from './data';

const columns: Column<Member>[] = [
  { key: 'name', label: 'API user', cell: (m) => <span className="fh-mono">{m.username}</span> },
  { key: 'scopes', label: 'May', cell: (m) => inWords(m.scopes ?? []) },
];

/** Programs with a token of their own, good for some actions here and for nothing else. */
export function ApiUsers() {
  const scope = useScope();
  const query = useTeam();
  const may = useMay();
  const refresh = useRefreshTeam();
  const [editing, setEditing] = useState<Member | 'new'>();
  const [removing, setRemoving] = useState<Member>();
  const create = (
    <Guard action="team:create">
      <Button leftSection={<IconRobot size={16} />} onClick={() => setEditing('new')}>
        New API user
      </Button>
    </Guard>
  );
  return (
    <Stack>
      <Answered query={query} what="The list of API users" rows={3}>
        {({ team }) => {
          const machines = team.filter((m) => m.is_programmatic);
          if (machines.length === 0) {
            return (
              <Empty icon={IconRobot} title="No API users yet" action={create}>
                An API user is a token for a program: it does the actions that you choose, in {scope.label} and nowhere else, and never expires.
              </Empty>
            );
          }
          return (
            <>
              <Group>{create}</Group>
              <DataTable label="API users" columns={columns} rows={machines} idOf={(m) => m.username} {...(may('team:update').may ? { menu: (m: Member) => <Buttons member={m} edit={setEditing} remove={setRemoving} /> } : {})} />
            </>
          );
        }}
      </Answered>
      <Modal opened={editing !== undefined} onClose={() => setEditing(undefined)} title={editing === 'new' ? 'New API user' : 'Change an API user'} size="xl" centered closeOnClickOutside={false}>
        {editing && <ApiUserForm member={editing === 'new' ? undefined : editing} onClose={() => setEditing(undefined)} />}
      </Modal>
      <Confirm
        opened={removing !== undefined}
        onClose={() => setRemoving(undefined)}
        title="Delete this API user?"
        action="Delete"
        onConfirm={async () => {
          await api.delete(`${scope.api}/team/${encodeURIComponent(removing?.username ?? '')}`);
          await refresh();
        }}
      >
        The token of <span className="fh-mono">{removing?.username}</span> ends at once.
      </Confirm>
    </Stack>
  );
}

function Buttons({ member, edit, remove }: { member: Member; edit: (m: Member) => void; remove: (m: Member) => void }) {
  return (
    <Group gap={2} wrap="nowrap" justify="flex-end">
      <ActionIcon variant="subtle" color="gray" aria-label={`Change ${member.username}`} onClick={() => edit(member)}>
        <IconPencil size={17} />
      </ActionIcon>
      <ActionIcon variant="subtle" color="red" aria-label={`Delete ${member.username}`} onClick={() => remove(member)}>
        <IconTrash size={17} />
      </ActionIcon>
    </Group>
  );
}

function ApiUserForm({ member, onClose }: { member: Member | undefined; onClose: () => void }) {
  const scope = useScope();
  const refresh = useRefreshTeam();
  const [token, setToken] = useState<string>();
  const form = useForm({
    initialValues: { friendly_name: '', scopes: member?.scopes ?? [] },
    validate: { friendly_name: (v) => (member || v.trim() ? null : 'What to call it'), scopes: (v) => (v.length > 0 ? null : 'Choose at least one action') },
  });
  const { busy, failure, run } = useSubmit(form, ['friendly_name', 'scopes']);
  const save = form.onSubmit((v) =>
    void run(async () => {
      const user = member
        ? (await api.put<Schemas['UpdatedAPIUser']>(`${scope.api}/team/${encodeURIComponent(member.username)}`, { scopes: v.scopes })).updated
        : (await api.post<Schemas['CreatedAPIUser']>(`${scope.api}/team`, { friendly_name: v.friendly_name.trim(), scopes: v.scopes })).created;
      setToken(user.tokens[0]?.token);
      tell.done(member ? 'The actions are changed, and the token is a new one' : 'The API user is made');
      await refresh();
    }),
  );
  if (token) {
    return <OnceAndDone value={token} what="the token of the API user" onClose={onClose} />;
  }
  return (
    <form onSubmit={save}>
      <Stack>
        {member ? (
          <Text size="sm">
            <span className="fh-mono">{member.username}</span>: saving replaces its token by a new one, and the old one ends.
          </Text>
        ) : (
          <TextInput label="Name" placeholder="Provisioning at the factory" data-autofocus {...form.getInputProps('friendly_name')} />
        )}
        <Scopes value={form.values.scopes} onChange={(scopes) => form.setFieldValue('scopes', scopes)} error={form.errors['scopes']} />
        <FormEnd failure={failure} busy={busy} onCancel={onClose} action={member ? 'Save and replace the token' : 'Create'} />
      </Stack>
    </form>
  );
}

type ScopesProps = { value: string[]; onChange: (scopes: string[]) => void; error: React.ReactNode };

/** Actions to choose from, thing by thing. */
function Scopes({ value, onChange, error }: ScopesProps) {
  const { role } = useRole();
  const toggle = (actions: string[], on: boolean) => onChange(on ? [...new Set([...value, ...actions])] : value.filter((a) => !actions.includes(a)));
  return (
    <Stack gap="xs">
      <Group gap="sm">
        <Text size="sm" fw={500}>
          What it may do
        </Text>
        {presets.map((p) => (
          <Anchor key={p.label} component="button" type="button" size="sm" onClick={() => onChange([...p.actions])}>
            {p.label}
          </Anchor>
        ))}
      </Group>
      {error && (
        <Text size="sm" c="red" role="alert">
          {error}
        </Text>
      )}
      <SimpleGrid cols={{ base: 1, xs: 2, sm: 3 }} spacing="md">
        {choices(role).map(({ thing, actions }) => {
          const chosen = actions.filter((a) => value.includes(a));
          return (
            <fieldset key={thing} style={{ border: 0, padding: 0, margin: 0 }}>
              <legend style={{ padding: 0, marginBottom: 4 }}>
                <Checkbox label={thing} fw={600} checked={chosen.length === actions.length} indeterminate={chosen.length > 0 && chosen.length < actions.length} onChange={(e) => toggle(actions, e.currentTarget.checked)} />
              </legend>
              <Stack gap={4} pl="md">
                {actions.map((a) => (
                  <Checkbox key={a} size="xs" label={a.split(':')[1]} aria-label={a} checked={value.includes(a)} onChange={(e) => toggle([a], e.currentTarget.checked)} />
                ))}
              </Stack>
            </fieldset>
          );
        })}
      </SimpleGrid>
    </Stack>
  );
}
