import { Button, Group, Text } from '@mantine/core';

type Props = { failure: string; busy: boolean; onCancel?: () => void; action: string; disabled?: boolean; danger?: boolean };

/** The end of a form in a dialog: what went wrong, and the buttons. */
export function FormEnd({ failure, busy, onCancel, action, disabled = false, danger = false }: Props) {
  return (
    <>
      {failure && (
        <Text size="sm" c="red" role="alert">
          {failure}
        </Text>
      )}
      <Group justify="flex-end">
        {onCancel && (
          <Button variant="default" onClick={onCancel}>
            Cancel
          </Button>
        )}
        <Button type="submit" loading={busy} disabled={disabled} {...(danger ? { color: 'red.9' } : {})}>
          {action}
        </Button>
      </Group>
    </>
  );
}
