import { SegmentedControl, SimpleGrid, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useBuilder } from './context';
import { TemplateInput, useProblem, Warnings } from './fields';
import { type Json, type JsonObject, object, print, text } from './json';
import { asText, getField, getFields, put, putField } from './mapping';

export type AuthKind = 'none' | 'basic' | 'bearer' | 'aws4';

/** The kind of credentials that are set. */
export function authKind(doc: JsonObject): AuthKind {
  const names = (getFields(doc, 'auth') ?? []).map((m) => m.key);
  if (names.includes('aws4')) return 'aws4';
  if (names.includes('bearer')) return 'bearer';
  return names.length > 0 ? 'basic' : 'none';
}

/** HTTP basic auth, a bearer token, or a signature as AWS checks it. */
export function Auth() {
  const { doc, edit } = useBuilder();
  const [chosen, setChosen] = useState<AuthKind>(authKind(doc));
  const kind = authKind(doc) === 'none' ? chosen : authKind(doc);
  const error = useProblem('auth');
  const turn = (next: AuthKind) => {
    setChosen(next);
    if (next !== kind) edit((d) => put(d, 'auth', undefined));
  };
  return (
    <Stack gap="sm">
      <SegmentedControl
        aria-label="Kind of authentication"
        data={[
          { value: 'none', label: 'None' },
          { value: 'basic', label: 'Basic' },
          { value: 'bearer', label: 'Bearer' },
          { value: 'aws4', label: 'AWS' },
        ]}
        value={kind}
        onChange={(v) => turn(v as AuthKind)}
        style={{ alignSelf: 'flex-start' }}
      />
      {kind === 'basic' && (
        <SimpleGrid cols={{ base: 1, xs: 2 }}>
          <AuthField label="User name" names={['username', 'user']} />
          <AuthField label="Password" names={['password', 'pass']} />
        </SimpleGrid>
      )}
      {kind === 'bearer' && <AuthField label="Token" names={['bearer']} />}
      {kind === 'aws4' && <AwsFields />}
      {kind !== 'none' && (
        <Text size="xs" c="dimmed">
          Better a secret than the value itself: choose one with the braces at the end of the field.
        </Text>
      )}
      {error && (
        <Text size="xs" c="red" role="alert">
          {error}
        </Text>
      )}
      <Warnings of="auth" />
    </Stack>
  );
}

const shown = (value: Json | undefined) => asText(value) ?? (value ? print(value) : '');

function AuthField({ label, names }: { label: string; names: string[] }) {
  const { doc, edit } = useBuilder();
  const error = useProblem(`auth.${names[0]}`);
  return <TemplateInput label={label} value={shown(getField(doc, 'auth', ...names))} error={error} onChange={(v) => edit((d) => putField(d, 'auth', names, v ? text(v) : undefined))} />;
}

const awsFields = [
  { name: 'access_key_id', label: 'Access key id' },
  { name: 'secret_access_key', label: 'Secret access key' },
  { name: 'session_token', label: 'Session token (temporary keys only)' },
  { name: 'region', label: 'Region', placeholder: 'eu-central-1' },
  { name: 'service', label: 'Service', placeholder: 'execute-api' },
];

function AwsFields() {
  return (
    <SimpleGrid cols={{ base: 1, xs: 2 }}>
      {awsFields.map((f) => (
        <AwsField key={f.name} {...f} />
      ))}
    </SimpleGrid>
  );
}

function AwsField({ name, label, placeholder }: { name: string; label: string; placeholder?: string }) {
  const { doc, edit } = useBuilder();
  const error = useProblem(`auth.aws4.${name}`);
  const set = (v: string) => edit((d) => putField(d, 'auth', ['aws4'], withMember(getField(d, 'auth', 'aws4'), name, v)));
  const all = getField(doc, 'auth', 'aws4');
  const value = all?.kind === 'object' ? all.members.find((m) => m.key === name)?.value : undefined;
  return <TemplateInput label={label} value={shown(value)} error={error} onChange={set} {...(placeholder ? { placeholder } : {})} />;
}

/** An object with one member set; an empty text removes it. */
function withMember(value: Json | undefined, key: string, typed: string): JsonObject {
  const members = value?.kind === 'object' ? value.members : [];
  const at = members.findIndex((m) => m.key === key);
  if (typed === '') return object(members.filter((m) => m.key !== key));
  return object(at < 0 ? [...members, { key, value: text(typed) }] : members.with(at, { key, value: text(typed) }));
}
