import { Checkbox, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useRef } from 'react';
import { useScope } from '../../app/scope';
import { FormEnd } from '../../kit/FormEnd';
import { useSubmit } from '../../kit/useSubmit';
import { useRefreshDevices } from '../data';
import type { Added } from './AddDevice';
import { type Made, register } from './calls';
import { GroupsInput } from './GroupsInput';

type Props = { onAdded: (a: Added) => void; onClose: () => void };

/** Makes a device with a new id. */
export function RegisterForm({ onAdded, onClose }: Props) {
  const scope = useScope();
  const refresh = useRefreshDevices();
  const product = scope.kind === 'product';
  const form = useForm({
    initialValues: { name: '', serial_number: '', groups: [] as string[], mine: false },
    validate: { name: (v) => (v.trim() ? null : 'What to call it') },
  });
  const { busy, failure, run } = useSubmit(form, ['name', 'serial_number', 'groups']);
  const made = useRef<Made>(undefined);
  const submit = form.onSubmit((v) =>
    void run(async () => {
      onAdded(await register(scope, { name: v.name.trim(), serial: v.serial_number.trim(), groups: v.groups, mine: v.mine }, made.current, (m) => (made.current = m)));
      await refresh();
    }),
  );
  return (
    <form onSubmit={submit}>
      <Stack>
        <Text size="sm" c="dimmed">
          The hub makes an id and a token. With the token anything that speaks HTTP can publish as this device.
        </Text>
        <TextInput label="Name" placeholder="kitchen" data-autofocus {...form.getInputProps('name')} />
        {product && (
          <>
            <TextInput label="Serial number" description="Optional" {...form.getInputProps('serial_number')} />
            <GroupsInput {...form.getInputProps('groups')} />
            <Checkbox label="Claim it for myself" description="Its events are then in your sandbox as well." {...form.getInputProps('mine', { type: 'checkbox' })} />
          </>
        )}
        <FormEnd failure={failure} busy={busy} onCancel={onClose} action="Register" />
      </Stack>
    </form>
  );
}
