import { Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useScope } from '../../app/scope';
import { FormEnd } from '../../kit/FormEnd';
import { useSubmit } from '../../kit/useSubmit';
import { useRefreshDevices } from '../data';
import { idFault } from '../query';
import type { Added } from './AddDevice';
import { take } from './calls';
import { GroupsInput } from './GroupsInput';

type Props = { onAdded: (a: Added) => void; onClose: () => void };

/** Takes a device whose id is known: into the sandbox, or into the product. */
export function ClaimForm({ onAdded, onClose }: Props) {
  const scope = useScope();
  const refresh = useRefreshDevices();
  const product = scope.kind === 'product';
  const form = useForm({ initialValues: { id: '', name: '', serial_number: '', groups: [] as string[] }, validate: { id: idFault } });
  const { busy, failure, run } = useSubmit(form, ['id', 'name', 'serial_number', 'groups']);
  const submit = form.onSubmit((v) =>
    void run(async () => {
      onAdded(await take(scope, v.id.trim().toLowerCase(), { name: v.name.trim(), serial: v.serial_number.trim(), groups: v.groups, mine: false }));
      await refresh();
    }),
  );
  return (
    <form onSubmit={submit}>
      <Stack>
        <Text size="sm" c="dimmed">
          {product
            ? 'Adds the device to the product. One that nobody has registered yet is registered, unless the hub is set not to.'
            : 'Claims a device that the hub knows and that belongs to nobody.'}
        </Text>
        <TextInput label="Device id" placeholder="0123456789abcdef01234567" className="fh-mono" data-autofocus {...form.getInputProps('id')} />
        <TextInput label="Name" description="Optional" {...form.getInputProps('name')} />
        {product && (
          <>
            <TextInput label="Serial number" description="Optional" {...form.getInputProps('serial_number')} />
            <GroupsInput {...form.getInputProps('groups')} />
          </>
        )}
        <FormEnd failure={failure} busy={busy} onCancel={onClose} action={product ? 'Add' : 'Claim'} />
      </Stack>
    </form>
  );
}
