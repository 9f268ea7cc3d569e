import { ActionIcon, Badge, Button, Card, Group, Modal, Select, Stack, Text, TextInput, Title, Tooltip } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconTrash, IconUserPlus, IconUsers } from '@tabler/icons-react';
import { useState } from 'react';
import { api } from '../api/client';
import type { Schemas } from '../api/types';
import { atLeast, meaning, type Role, roles, useMay, useRole } from '../app/rights';
import { useScope } from '../app/scope';
import { useSession } from '../app/session';
import { Confirm } from '../kit/Confirm';
import { FormEnd } from '../kit/FormEnd';
import { Guard } from '../kit/Guard';
import { tell } from '../kit/notify';
import { Once } from '../kit/Once';
import { Snippet } from '../kit/Snippet';
import { Answered, Empty } from '../kit/states';
import { type Column, DataTable } from '../kit/table/DataTable';
import { TimeText } from '../kit/TimeText';
import { useSubmit } from '../kit/useSubmit';
import { type Member, type Team, useRefreshTeam, useTeam } from './data';

/** The people of the team, and who is invited. */
export function Members() {
  const query = useTeam();
  const [adding, setAdding] = useState(false);
  return (
    <Stack>
      <Group>
        <Guard action="team:create">
          <Button leftSection={<IconUserPlus size={16} />} onClick={() => setAdding(true)}>
            Add a member
          </Button>
        </Guard>
      </Group>
      <Answered query={query} what="The team" rows={4}>
        {(team) => <Lists team={team} />}
      </Answered>
      <Modal opened={adding} onClose={() => setAdding(false)} title="Add a member" centered closeOnClickOutside={false}>
        {adding && <AddMember onClose={() => setAdding(false)} />}
      </Modal>
    </Stack>
  );
}

function Lists({ team }: { team: Team }) {
  const scope = useScope();
  const refresh = useRefreshTeam();
  const may = useMay();
  const { role } = useRole();
  const { username } = useSession();
  const [removing, setRemoving] = useState<string>();
  // Whoever a product belongs to is not in its team, and nobody changes whom he is below.
  const fixed = (m: Member) => (scope.kind === 'product' && scope.product.user === m.username) || !atLeast(role, m.role.name as Role);
  const columns: Column<Member>[] = [
    {
      key: 'name',
      label: 'User',
      cell: (m) => (
        <Group gap={6} component="span" display="inline-flex">
          {m.username}
          {m.username === username && (
            <Badge variant="light" tt="none" size="sm">
              you
            </Badge>
          )}
        </Group>
      ),
    },
    { key: 'role', label: 'Role', cell: (m) => (may('team:update').may && !fixed(m) && m.username !== username ? <RoleChoice member={m} /> : <RoleText role={m.role.name as Role} />) },
  ];
  const people = team.team.filter((m) => !m.is_programmatic);
  return (
    <>
      {people.length === 0 ? (
        <Empty icon={IconUsers} title="Nobody has a role here alone">
          Whoever is added here sees {scope.label} and nothing else of its owner.
        </Empty>
      ) : (
        <DataTable
          label="Members"
          columns={columns}
          rows={people}
          idOf={(m) => m.username}
          {...(may('team:delete').may
            ? {
                menu: (m: Member) =>
                  fixed(m) ? null : (
                    <ActionIcon variant="subtle" color="red" aria-label={`Remove ${m.username}`} onClick={() => setRemoving(m.username)}>
                      <IconTrash size={17} />
                    </ActionIcon>
                  ),
              }
            : {})}
        />
      )}
      {team.invitations.length > 0 && (
        <Card withBorder component="section" aria-label="Invitations">
          <Title order={2} size="h5" mb="xs">
            Invited, not signed up yet
          </Title>
          <Stack gap="xs">
            {team.invitations.map((i) => (
              <Group key={i.username} justify="space-between" wrap="nowrap">
                <Text size="sm">
                  {i.username}, {i.role.name},{' '}
                  <Text span size="sm" c="dimmed">
                    until <TimeText at={i.expires_at} size="sm" />
                  </Text>
                </Text>
                {may('team:delete').may && (
                  <ActionIcon variant="subtle" color="red" aria-label={`Withdraw the invitation of ${i.username}`} onClick={() => setRemoving(i.username)}>
                    <IconTrash size={17} />
                  </ActionIcon>
                )}
              </Group>
            ))}
          </Stack>
        </Card>
      )}
      <Confirm
        opened={removing !== undefined}
        onClose={() => setRemoving(undefined)}
        title={`Remove ${removing} from ${scope.label}?`}
        action="Remove"
        onConfirm={async () => {
          await api.delete(`${scope.api}/team/${encodeURIComponent(removing ?? '')}`);
          tell.done(`${removing} is removed`);
          await refresh();
        }}
      >
        {removing === username ? 'That is you. You will not get back in by yourself.' : 'Nothing that was made by this person is deleted.'}
      </Confirm>
    </>
  );
}

function RoleText({ role }: { role: Role }) {
  return (
    <Tooltip label={meaning[role]}>
      <Text span size="sm">
        {role}
      </Text>
    </Tooltip>
  );
}

function RoleChoice({ member }: { member: Member }) {
  const scope = useScope();
  const refresh = useRefreshTeam();
  const { role: own } = useRole();
  const [busy, setBusy] = useState(false);
  const change = async (role: string) => {
    setBusy(true);
    try {
      await api.put(`${scope.api}/team/${encodeURIComponent(member.username)}`, { role });
      tell.done(`${member.username} is ${role} now`);
    } catch (error) {
      tell.failure('Not changed')(error);
    } finally {
      setBusy(false);
      await refresh();
    }
  };
  return (
    <Select
      size="xs"
      w={150}
      aria-label={`Role of ${member.username}`}
      allowDeselect={false}
      disabled={busy}
      data={roles.filter((r) => atLeast(own, r))}
      value={member.role.name}
      onChange={(r) => r && r !== member.role.name && void change(r)}
    />
  );
}

type Answer = { member?: Member; invitation?: Schemas['Invited']; code?: string };

function AddMember({ onClose }: { onClose: () => void }) {
  const scope = useScope();
  const refresh = useRefreshTeam();
  const { role: own } = useRole();
  const [invited, setInvited] = useState<{ username: string; code: string }>();
  const form = useForm({ initialValues: { username: '', role: 'Developer' as Role }, validate: { username: (v) => (v.trim() ? null : 'The name that he or she logs in with') } });
  const { busy, failure, run } = useSubmit(form, ['username', 'role']);
  const add = form.onSubmit((v) =>
    void run(async () => {
      const got = await api.post<Answer>(`${scope.api}/team`, { username: v.username.trim(), role: v.role });
      await refresh();
      if (got.code) return setInvited({ username: v.username.trim(), code: got.code });
      tell.done(`${v.username.trim()} is in the team`);
      onClose();
    }),
  );
  if (invited) {
    return (
      <Stack>
        <Text size="sm">Nobody has this name yet, so {invited.username} is invited. The code makes the account and the place in the team at once.</Text>
        <Once value={invited.code} what="the code of the invitation" />
        <Snippet title="To sign up" wrap text={`curl ${window.location.origin}/v1/users -H 'Content-Type: application/json' \\\n  -d '${JSON.stringify({ username: invited.username, password: 'a password', code: invited.code })}'`} />
        <Group justify="flex-end">
          <Button onClick={onClose}>Done</Button>
        </Group>
      </Stack>
    );
  }
  return (
    <form onSubmit={add}>
      <Stack>
        <TextInput label="User name" placeholder="ada@example.com" description="Somebody without an account is invited, where the hub lets people sign up." data-autofocus autoCapitalize="none" {...form.getInputProps('username')} />
        <Select label="Role" description={meaning[form.values.role]} allowDeselect={false} data={roles.filter((r) => atLeast(own, r))} {...form.getInputProps('role')} />
        <FormEnd failure={failure} busy={busy} onCancel={onClose} action="Add" />
      </Stack>
    </form>
  );
}
