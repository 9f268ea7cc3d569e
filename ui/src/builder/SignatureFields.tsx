import { Alert, Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, messageOf } from '../api/client';
import { useScope } from '../app/scope';
import { Copy } from '../kit/Copy';
import { useBuilder } from './context';
import { TemplateInput, useProblem, Warnings } from './fields';
import { array, text } from './json';
import { asText, getField, getList, putField, putList } from './mapping';
import { newSigningKey } from './signature';
import { tag } from './variables';
import { Verification } from './Verification';

/** Keys that requests are signed with, so that the receiver knows who sent them. */
export function SignatureFields() {
  const { doc, edit } = useBuilder();
  const [generating, setGenerating] = useState(false);
  const error = useProblem('signature');
  const value = getField(doc, 'signature', 'keys');
  const keys = value?.kind === 'array' ? value.items.map((v) => asText(v) ?? '') : [];
  const set = (next: string[]) => edit((d) => putField(d, 'signature', ['keys'], next.length > 0 ? array(next.map(text)) : undefined));
  return (
    <Stack gap="sm">
      <Text size="sm" c="dimmed">
        Requests carry a signature in the manner of Standard Webhooks, by which the receiver can tell that they come from this hub and are unchanged. With two keys both signatures are sent, for changing a key without a gap.
      </Text>
      {keys.map((key, i) => (
        <KeyField key={i} at={i} value={key} set={(v) => set(keys.with(i, v))} remove={() => set(keys.toSpliced(i, 1))} />
      ))}
      {keys.length < 2 && (
        <Group gap="xs">
          <Button size="compact-sm" variant="default" onClick={() => setGenerating(true)}>
            {keys.length === 0 ? 'Make a key' : 'Make a second key'}
          </Button>
          <Button size="compact-sm" variant="subtle" onClick={() => set([...keys, ''])}>
            Use one I have
          </Button>
        </Group>
      )}
      {error && keys.length === 0 && (
        <Text size="xs" c="red" role="alert">
          {error}
        </Text>
      )}
      <Warnings of="signature" />
      {keys.length > 0 && (
        <div>
          <Text size="sm" fw={500} mb={4}>
            Check it at the receiver
          </Text>
          <Verification maxHeight={320} />
        </div>
      )}
      {generating && <NewKey taken={keys} onClose={() => setGenerating(false)} onUse={(key) => set([...keys, key])} />}
    </Stack>
  );
}

function KeyField({ at, value, set, remove }: { at: number; value: string; set: (v: string) => void; remove: () => void }) {
  const error = useProblem(`signature.keys[${at}]`);
  return (
    <Group gap={6} wrap="nowrap" align="flex-end">
      <div style={{ flex: 1, minWidth: 0 }}>
        <TemplateInput label={at === 0 ? 'Signing key' : 'Second signing key'} value={value} onChange={set} error={error} placeholder="{{{SIGNING_KEY}}}" />
      </div>
      <Button variant="default" onClick={remove}>
        Remove
      </Button>
    </Group>
  );
}

/** Makes a key here, shows it once and keeps it as a secret of the scope. */
function NewKey({ taken, onClose, onUse }: { taken: string[]; onClose: () => void; onUse: (key: string) => void }) {
  const { edit } = useBuilder();
  const scope = useScope();
  const client = useQueryClient();
  const [key] = useState(newSigningKey);
  const [name, setName] = useState(taken.includes(tag('SIGNING_KEY')) ? 'SIGNING_KEY_2' : 'SIGNING_KEY');
  const [failure, setFailure] = useState('');
  const [busy, setBusy] = useState(false);
  const keep = async () => {
    setBusy(true);
    try {
      const { secrets } = await api.get<{ secrets: { name: string }[] }>(`${scope.api}/secrets`);
      if (secrets.some((s) => s.name === name)) throw new Error(`There is a secret ${name} already. Choose another name, or use that one.`);
      await api.put(`${scope.api}/secrets/${encodeURIComponent(name)}`, { secret: { value: key } });
      void client.invalidateQueries({ queryKey: ['secrets', scope.api] });
      onUse(tag(name));
      edit((d) => (getList(d, 'secrets').includes(name) ? d : putList(d, 'secrets', [...getList(d, 'secrets'), name])));
      onClose();
    } catch (error) {
      setFailure(messageOf(error));
      setBusy(false);
    }
  };
  return (
    <Modal opened onClose={onClose} title="A new signing key" centered>
      <Stack>
        <Group gap="xs" wrap="nowrap">
          <Text className="fh-mono" size="sm">
            {key}
          </Text>
          <Copy text={key} what="the key" />
        </Group>
        <Text size="sm" c="dimmed">
          Made in this browser. Give it to the receiver now: once it is kept as a secret, nobody can read it here.
        </Text>
        <TextInput label="Keep it as the secret" value={name} onChange={(e) => setName(e.currentTarget.value.toUpperCase())} spellCheck={false} />
        {failure && (
          <Alert color="red" variant="light" role="alert">
            {failure}
          </Alert>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button loading={busy} onClick={() => void keep()}>
            Keep and use it
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
