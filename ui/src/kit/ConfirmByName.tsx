import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useLast } from './useLast';
import { useSubmit } from './useSubmit';

type Props = { opened: boolean; onClose: () => void; title: string; children: ReactNode; /** What has to be typed. */ name: string; action: string; onConfirm: () => Promise<unknown> };

/** Asks for the name of what will be gone for good. */
export function ConfirmByName(props: Props) {
  return (
    <Modal opened={props.opened} onClose={props.onClose} title={useLast(props.title, props.opened)} centered>
      {props.opened && <Ask {...props} />}
    </Modal>
  );
}

function Ask({ onClose, children, name, action, onConfirm }: Props) {
  const [typed, setTyped] = useState('');
  const { busy, failure, run } = useSubmit();
  const confirm = async () => {
    if (typed.trim() === name && (await run(onConfirm))) onClose();
  };
  return (
    <form
      onSubmit={(e) => {
        e.preventDefault();
        void confirm();
      }}
    >
      <Stack>
        <Text component="div" size="sm">
          {children}
        </Text>
        <TextInput label={`Type ${name} to go on`} value={typed} onChange={(e) => setTyped(e.currentTarget.value)} data-autofocus autoComplete="off" />
        {failure && (
          <Text size="sm" c="red" role="alert">
            {failure}
          </Text>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" color="red.9" loading={busy} disabled={typed.trim() !== name}>
            {action}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
