import { Badge, Button, Card, Checkbox, Group, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../api/client';
import type { User } from '../api/types';
import { useSession } from '../app/session';
import { Copy } from '../kit/Copy';
import { FormEnd } from '../kit/FormEnd';
import { tell } from '../kit/notify';
import { useSubmit } from '../kit/useSubmit';
import { DeleteAccount } from './DeleteAccount';

/** Name, password, and the end of the account. */
export function Profile() {
  const { id, username, admin } = useSession();
  const [leaving, setLeaving] = useState(false);
  return (
    <Stack maw={560}>
      <Card withBorder component="section" aria-label="User">
        <Group gap="xs">
          <Text fw={600}>{username}</Text>
          {admin && (
            <Badge variant="light" tt="none">
              Administrator of the hub
            </Badge>
          )}
        </Group>
        <Group gap={4}>
          <Text size="sm" c="dimmed">
            Id
          </Text>
          <span className="fh-mono">{id}</span>
          <Copy text={id} what="my id" />
        </Group>
      </Card>
      <ChangePassword />
      <ChangeName />
      <Card withBorder component="section" aria-label="Danger zone">
        <Stack gap="xs" align="flex-start">
          <Title order={2} size="h5">
            Danger zone
          </Title>
          <Text size="sm" c="dimmed">
            Integrations, secrets, ledgers, clients and tokens go with the account. Devices are released.
          </Text>
          <Button color="red" variant="outline" onClick={() => setLeaving(true)}>
            Delete my account
          </Button>
        </Stack>
        <DeleteAccount opened={leaving} onClose={() => setLeaving(false)} />
      </Card>
    </Stack>
  );
}

/** What a new password must be; null = it is good. */
export function passwordFault(password: string): string | null {
  const bytes = new TextEncoder().encode(password).length;
  if (bytes < 8) return 'At least 8 characters';
  return bytes > 1_024 ? 'At most 1,024 bytes' : null;
}

function ChangePassword() {
  const form = useForm({
    initialValues: { current_password: '', password: '', again: '', invalidate_tokens: false },
    validate: { current_password: (v) => (v ? null : 'Your present password'), password: passwordFault, again: (v, all) => (v === all.password ? null : 'It is not the same') },
  });
  const { busy, failure, run } = useSubmit(form, ['current_password', 'password']);
  const client = useQueryClient();
  const save = form.onSubmit(({ again: _, ...v }) =>
    void run(async () => {
      await api.put('/v1/user', v);
      form.reset();
      tell.done(v.invalidate_tokens ? 'The password is changed, and all tokens have ended' : 'The password is changed');
      await client.invalidateQueries({ queryKey: ['session'] });
    }),
  );
  return (
    <Card withBorder component="section" aria-label="Password">
      <form onSubmit={save}>
        <Stack gap="sm">
          <Title order={2} size="h5">
            Password
          </Title>
          <PasswordInput label="Present password" autoComplete="current-password" {...form.getInputProps('current_password')} />
          <PasswordInput label="New password" autoComplete="new-password" {...form.getInputProps('password')} />
          <PasswordInput label="New password once more" autoComplete="new-password" {...form.getInputProps('again')} />
          <Checkbox label="End all my tokens and sessions as well" description="Also this one: you log in anew." {...form.getInputProps('invalidate_tokens', { type: 'checkbox' })} />
          <FormEnd failure={failure} busy={busy} action="Change the password" />
        </Stack>
      </form>
    </Card>
  );
}

function ChangeName() {
  const { username } = useSession();
  const client = useQueryClient();
  const form = useForm({
    initialValues: { username: '', current_password: '' },
    validate: { username: (v) => (v.trim() ? null : 'Another name'), current_password: (v) => (v ? null : 'Your present password') },
  });
  const { busy, failure, run } = useSubmit(form, ['username', 'current_password']);
  const save = form.onSubmit((v) =>
    void run(async () => {
      const user = await api.put<User>('/v1/user', { username: v.username.trim(), current_password: v.current_password });
      form.reset();
      tell.done(`You are ${user.username} now`);
      await client.invalidateQueries({ queryKey: ['session'] });
    }),
  );
  if (username === 'admin') return null; // this account keeps its name
  return (
    <Card withBorder component="section" aria-label="User name">
      <form onSubmit={save}>
        <Stack gap="sm">
          <Title order={2} size="h5">
            User name
          </Title>
          <TextInput label="New user name" placeholder={username} autoComplete="off" {...form.getInputProps('username')} />
          <PasswordInput label="Present password" autoComplete="current-password" {...form.getInputProps('current_password')} />
          <FormEnd failure={failure} busy={busy} action="Change the name" />
        </Stack>
      </form>
    </Card>
  );
}
