import { Button, Group, Modal, Select, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useState } from 'react';
import { api, ApiFailure, messageOf } from '../api/client';
import { useScope } from '../app/scope';
import { tell } from '../kit/notify';

type Props = { opened: boolean; onClose: () => void; name?: string; data?: string };

/** What an event must be; see POST /v1/devices/events. */
export const nameFault = (name: string) => {
  if (!name) return 'An event needs a name';
  if (name.length > 64) return `At most 64 characters; these are ${name.length}`;
  return /^[\x20-\x7e]+$/.test(name) ? null : 'Printable ASCII characters only';
};

export const dataFault = (data: string) => {
  const bytes = new TextEncoder().encode(data).length;
  return bytes > 16_384 ? `At most 16,384 bytes; these are ${bytes.toLocaleString()}` : null;
};

/** Publishes an event into the present scope. */
export function PublishDialog({ opened, onClose, name = 'temp', data = '21.5' }: Props) {
  return (
    <Modal opened={opened} onClose={onClose} title="Publish an event" centered>
      {opened && <PublishForm onClose={onClose} name={name} data={data} />}
    </Modal>
  );
}

function PublishForm({ onClose, name, data }: { onClose: () => void; name: string; data: string }) {
  const scope = useScope();
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState('');
  const form = useForm({ initialValues: { name, data, type: 'text' }, validate: { name: nameFault, data: dataFault } });
  const publish = form.onSubmit(async ({ name, data, type }) => {
    setBusy(true);
    setFailure('');
    try {
      const path = scope.kind === 'sandbox' ? '/v1/devices/events' : `${scope.api}/events`;
      await api.post(path, { name, data, ...(type === 'text' ? {} : { content_type: type }) });
      tell.done(`Published ${name}`);
      onClose();
    } catch (error) {
      if (error instanceof ApiFailure && (error.field === 'name' || error.field === 'data')) form.setFieldError(error.field, error.message);
      else setFailure(messageOf(error));
    } finally {
      setBusy(false);
    }
  });
  return (
    <form onSubmit={publish}>
      <Stack>
        <TextInput label="Event name" description="Integrations whose event is its beginning are triggered" data-autofocus {...form.getInputProps('name')} />
        <Textarea label="Data" autosize minRows={2} maxRows={10} styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }} {...form.getInputProps('data')} />
        <Select
          label="What the data is"
          allowDeselect={false}
          data={[
            { value: 'text', label: 'Text (JSON is text, too)' },
            { value: 'structured', label: 'Structured (JSON, sent to devices as CBOR)' },
          ]}
          {...form.getInputProps('type')}
        />
        {failure && (
          <Text c="red" size="sm" role="alert">
            {failure}
          </Text>
        )}
        <Text size="xs" c="dimmed">
          The publisher is shown as API. Events of a device carry its id; publish with the token of the device for that.
        </Text>
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={busy}>
            Publish
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
