import { Modal, PasswordInput, Stack, Text } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useLocation } from 'wouter';
import { api } from '../api/client';
import { useSession, useSessionActions } from '../app/session';
import { FormEnd } from '../kit/FormEnd';
import { useSubmit } from '../kit/useSubmit';

/** Asks for the password before the account goes. */
export function DeleteAccount({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { username } = useSession();
  return (
    <Modal opened={opened} onClose={onClose} title={`Delete the account ${username}?`} centered>
      {opened && <Ask onClose={onClose} />}
    </Modal>
  );
}

function Ask({ onClose }: { onClose: () => void }) {
  const { ended } = useSessionActions();
  const [, go] = useLocation();
  const form = useForm({ initialValues: { password: '' }, validate: { password: (v) => (v ? null : 'Your password') } });
  const { busy, failure, run } = useSubmit(form, ['password']);
  const leave = form.onSubmit((v) =>
    void run(async () => {
      await api.delete('/v1/user', v);
      ended();
      go('~/login', { replace: true });
    }),
  );
  return (
    <form onSubmit={leave}>
      <Stack>
        <Text size="sm">Nothing of it comes back. Products that you own have to be given away or deleted first.</Text>
        <PasswordInput label="Password" autoComplete="current-password" data-autofocus {...form.getInputProps('password')} />
        <FormEnd failure={failure} busy={busy} onCancel={onClose} action="Delete my account" danger />
      </Stack>
    </form>
  );
}
