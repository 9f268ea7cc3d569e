import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { IconKey } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { Copy } from './Copy';

/** A secret that the hub shows this once. `what` names it: "the token". */
export function Once({ value, what, children }: { value: string; what: string; children?: ReactNode }) {
  return (
    <Alert color="yellow" variant="light" icon={<IconKey />} title={`Copy ${what} now`}>
      <Stack gap="xs">
        <Text size="sm">It is shown this once; the hub keeps only a fingerprint of it.</Text>
        <Group gap="xs" wrap="nowrap" align="flex-start">
          <Text span className="fh-mono" data-testid="once">
            {value}
          </Text>
          <Copy text={value} what={what} />
        </Group>
        {children}
      </Stack>
    </Alert>
  );
}

/** The end of a dialog that made such a secret: nothing is left but to copy it. */
export function OnceAndDone({ onClose, ...once }: { value: string; what: string; onClose: () => void }) {
  return (
    <Stack>
      <Once {...once} />
      <Group justify="flex-end">
        <Button onClick={onClose}>Done</Button>
      </Group>
    </Stack>
  );
}
