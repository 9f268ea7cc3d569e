import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { messageOf } from '../api/client';
import { useLast } from './useLast';

type Props = {
  opened: boolean;
  onClose: () => void;
  /** Names the thing: "Delete the integration temp?" */
  title: string;
  /** What will be gone. */
  children: ReactNode;
  /** On the button: "Delete". */
  action: string;
  onConfirm: () => Promise<unknown>;
};

/** Asks once before something that cannot be undone. What went wrong with one thing is not said of the next. */
export function Confirm(props: Props) {
  return (
    <Modal opened={props.opened} onClose={props.onClose} title={useLast(props.title, props.opened)} centered>
      {props.opened && <Ask {...props} />}
    </Modal>
  );
}

function Ask({ onClose, children, action, onConfirm }: Props) {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState('');
  const confirm = async () => {
    setBusy(true);
    setFailure('');
    try {
      await onConfirm();
      onClose();
    } catch (error) {
      setFailure(messageOf(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Stack>
      <Text component="div" size="sm">
        {children}
      </Text>
      {failure && (
        <Text size="sm" c="red" role="alert">
          {failure}
        </Text>
      )}
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose} data-autofocus>
          Cancel
        </Button>
        <Button color="red.9" loading={busy} onClick={() => void confirm()}>
          {action}
        </Button>
      </Group>
    </Stack>
  );
}
