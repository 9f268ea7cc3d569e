import { Anchor, Button, Group, Stack, Text, Textarea } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'wouter';
import { useScope } from '../../app/scope';
import { FormEnd } from '../../kit/FormEnd';
import { useSubmit } from '../../kit/useSubmit';
import { useRefreshDevices } from '../data';
import { idsIn } from '../importing/lines';
import { ImportResult } from '../importing/ImportResult';
import { type Outcome, sendIds } from '../importing/run';

const most = 1_000;

/** Adds a handful of devices to the product, by ids that are pasted. */
export function KnownIds({ onClose }: { onClose: () => void }) {
  const scope = useScope();
  const refresh = useRefreshDevices();
  const [text, setText] = useState('');
  const [outcome, setOutcome] = useState<Outcome>();
  const { busy, failure, setFailure, run } = useSubmit();
  const ids = idsIn(text);
  const submit = () => {
    if (ids.length === 0) return setFailure('Paste at least one id.');
    if (ids.length > most) return setFailure(`These are ${ids.length.toLocaleString()}. More than ${most.toLocaleString()} are better imported as a file.`);
    void run(async () => {
      setOutcome(await sendIds(scope.api, ids));
      await refresh();
    });
  };
  if (outcome) {
    return (
      <Stack>
        <ImportResult outcome={outcome} />
        <Group justify="flex-end">
          <Button onClick={onClose}>Done</Button>
        </Group>
      </Stack>
    );
  }
  return (
    <form
      onSubmit={(e) => {
        e.preventDefault();
        submit();
      }}
    >
      <Stack>
        <Textarea
          label="Ids"
          description="One on a line: device ids, serial numbers, IMEIs or ICCIDs."
          autosize
          minRows={5}
          maxRows={12}
          data-autofocus
          value={text}
          onChange={(e) => setText(e.currentTarget.value)}
          styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
        />
        <Text size="sm" c="dimmed">
          {ids.length === 1 ? '1 id.' : `${ids.length.toLocaleString()} ids.`} Thousands of them?{' '}
          <Anchor component={Link} href="/devices/import" size="sm">
            Import a file
          </Anchor>
        </Text>
        <FormEnd failure={failure} busy={busy} onCancel={onClose} action="Add" />
      </Stack>
    </form>
  );
}
