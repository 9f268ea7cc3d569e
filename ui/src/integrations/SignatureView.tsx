import { Alert, Button, Card, Stack, Text } from '@mantine/core';
import { IconShieldCheck, IconShieldOff } from '@tabler/icons-react';
import { Link } from 'wouter';
import { Verification } from '../builder/Verification';
import { Allowed } from './Allowed';
import type { Opened } from './data';

/** Whether requests are signed, and how the web service checks it. */
export function SignatureView({ at }: { at: Opened }) {
  const keys = keysOf(at.integration.signature);
  return (
    <Stack gap="md">
      {keys.length > 0 ? <Signed keys={keys} /> : <Unsigned at={at} />}
      <Card withBorder padding="sm">
        <Text fw={600} mb={4} component="h2" fz="md" m={0}>
          How the web service checks it
        </Text>
        <Text size="sm" c="dimmed" mb="sm">
          Each request carries webhook-id, webhook-timestamp and webhook-signature (Standard Webhooks). The id stays the same when an event is sent again, so the receiver can drop what it has.
        </Text>
        <Verification maxHeight={520} />
      </Card>
    </Stack>
  );
}

/** What the setting says of each key; never the key itself. */
export function keysOf(signature: unknown): string[] {
  const keys = signature && typeof signature === 'object' && 'keys' in signature && Array.isArray(signature.keys) ? signature.keys : [];
  return keys.map((key) => /^\{\{\{?\s*([^{}]+?)\s*\}?\}\}$/.exec(String(key))?.[1] ?? '');
}

function Signed({ keys }: { keys: string[] }) {
  return (
    <Alert variant="light" color="field" icon={<IconShieldCheck />} title="Requests are signed">
      <Text size="sm">
        {keys.length === 2 ? 'With two keys, so that one can be changed without a gap: ' : 'With '}
        {keys.map((name) => (name ? `the secret ${name}` : 'a key in the settings')).join(' and ')}.
      </Text>
    </Alert>
  );
}

function Unsigned({ at }: { at: Opened }) {
  const edit = at.from ? `~/orgs/${at.from}/integrations/webhooks/${at.integration.id}/edit` : `/integrations/webhooks/${at.integration.id}/edit`;
  return (
    <Alert variant="light" color="gray" icon={<IconShieldOff />} title="Requests are not signed">
      <Stack gap="xs" align="flex-start">
        <Text size="sm">With a signature the web service can tell that a request comes from this hub and was not changed on the way.</Text>
        <Allowed at={at} action="integrations:update">
          <Button component={Link} href={edit} size="xs" variant="default">
            Add a signing key
          </Button>
        </Allowed>
      </Stack>
    </Alert>
  );
}
