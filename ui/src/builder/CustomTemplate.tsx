import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { IconAlertTriangle, IconClipboard } from '@tabler/icons-react';
import { Copy } from '../kit/Copy';
import { Editor, type Fault } from '../kit/editor/Editor';
import { tell } from '../kit/notify';
import { saying, useBuilder } from './context';
import { tryParse } from './json';
import { type Draft, templateOf } from './state';

/** The whole integration as JSON, to be pasted and copied. */
export function CustomTemplate({ draft }: { draft: Draft }) {
  const { dispatch, warnings, problems } = useBuilder();
  const source = templateOf(draft);
  const type = (text: string) => dispatch({ kind: 'type', text });
  const paste = () =>
    navigator.clipboard.readText().then(type, () => tell.failure('Not pasted')(new Error('The browser does not let pages read the clipboard. Click into the text and press Ctrl V.')));
  return (
    <Stack gap="sm">
      <Group justify="space-between" gap="xs">
        <Text size="sm" c="dimmed">
          The same integration as JSON. Members that the form does not know stay as they are.
        </Text>
        <Group gap="xs">
          <Copy text={source} what="the template" label="Copy" />
          <Button variant="default" size="xs" leftSection={<IconClipboard size={14} />} onClick={() => void paste()}>
            Paste
          </Button>
        </Group>
      </Group>
      <Editor label="Custom template" value={source} onChange={(text) => text !== source && type(text)} check={check} minRows={18} maxRows={36} />
      {draft.fault && (
        <Alert color="red" variant="light" icon={<IconAlertTriangle size={18} />} role="alert" title="This is no JSON yet">
          {draft.fault.message}
        </Alert>
      )}
      {!draft.fault &&
        [...problems.map((p) => ({ ...p, color: 'red' })), ...warnings.map((w) => ({ ...w, color: w.kind === 'comment' ? 'gray' : 'yellow' }))].map((n) => (
          <Alert role="note" key={n.field + n.message} color={n.color} variant="light" p="xs" icon={<IconAlertTriangle size={16} />}>
            <Text size="xs" style={{ overflowWrap: 'anywhere' }}>
              {n.field ? `${n.field}: ${saying(n)}` : n.message}
            </Text>
          </Alert>
        ))}
    </Stack>
  );
}

function check(source: string): Fault[] {
  const { fault } = tryParse(source);
  return fault ? [{ at: fault.at, message: fault.message }] : [];
}
