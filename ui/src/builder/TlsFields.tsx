import { Select, Stack, Textarea } from '@mantine/core';
import { useBuilder } from './context';
import { FlagField, useProblem, Warnings } from './fields';
import { text } from './json';
import { asText, getField, getList, putField, putList } from './mapping';
import { useScope } from '../app/scope';
import { useSecrets } from './secrets';
import { tag } from './variables';

/** Whether certificates are checked, and what this integration brings to its connections. */
export function TlsFields() {
  const { doc, edit } = useBuilder();
  const secrets = useSecrets(useScope());
  const wrong = { key: useProblem('tls.key'), all: useProblem('tls') };
  const key = /^\{\{\{\s*(\w+)\s*\}\}\}$/.exec(asText(getField(doc, 'tls', 'key')) ?? '')?.[1];
  return (
    <Stack>
      <FlagField setting="rejectUnauthorized" absent label="Enforce SSL" description="The certificate of the target is verified. Turn it off for trials only." />
      <Pem name="certificate" label="Client certificate" description="In PEM, the client's own first. For targets that ask for one." />
      <Select
        label="Key of the client certificate"
        description="A private key always lives in a secret."
        placeholder="Choose a secret"
        searchable
        clearable
        data={[...new Set([...(secrets.data ?? []), ...(key ? [key] : [])])]}
        value={key ?? null}
        error={wrong.key ?? wrong.all}
        onDropdownOpen={() => void secrets.refetch()}
        onChange={(name) =>
          edit((d) => {
            const set = putField(d, 'tls', ['key'], name ? text(tag(name)) : undefined);
            return name && !getList(set, 'secrets').includes(name) ? putList(set, 'secrets', [...getList(set, 'secrets'), name]) : set;
          })
        }
      />
      <Pem name="ca" label="Certificate authorities" description="In PEM; they take the place of the system's. For targets with certificates of their own." />
      <Warnings of="tls" />
    </Stack>
  );
}

function Pem({ name, label, description }: { name: string; label: string; description: string }) {
  const { doc, edit } = useBuilder();
  const error = useProblem(`tls.${name}`);
  return (
    <Textarea
      label={label}
      description={description}
      placeholder="-----BEGIN CERTIFICATE-----"
      value={asText(getField(doc, 'tls', name)) ?? ''}
      error={error}
      autosize
      minRows={2}
      maxRows={8}
      spellCheck={false}
      styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 12 } }}
      onChange={(e) => {
        const typed = e.currentTarget.value;
        edit((d) => putField(d, 'tls', [name], typed ? text(typed) : undefined));
      }}
    />
  );
}
