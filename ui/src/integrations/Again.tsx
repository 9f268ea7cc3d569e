import { Button, Group, Stack, Text, Title } from '@mantine/core';
import { IconRepeat } from '@tabler/icons-react';
import { useState } from 'react';
import { Allowed } from './Allowed';
import type { Opened } from './data';
import { DeadLetters } from './DeadLetters';
import { ReplayDialog, Replays, type What } from './Replays';

/** Delivering events again: replays, and the deliveries that were given up. */
export default function Again({ at }: { at: Opened }) {
  const { path } = at;
  const [asked, setAsked] = useState<What | null>(null);
  return (
    <Stack gap="lg">
      <Stack gap="sm" component="section" aria-label="Replays">
        <Group justify="space-between">
          <div>
            <Title order={2} size="h4">
              Replays
            </Title>
            <Text size="sm" c="dimmed">
              Ordinary deliveries, marked as replay, with the settings of today.
            </Text>
          </div>
          <Allowed at={at} action="integrations:replay">
            <Button leftSection={<IconRepeat size={16} />} onClick={() => setAsked('failures')}>
              Replay events
            </Button>
          </Allowed>
        </Group>
        <Replays at={at} />
      </Stack>
      <Stack gap="sm" component="section" aria-label="Dead letters">
        <Title order={2} size="h4">
          Dead letters
        </Title>
        <DeadLetters at={at} replay={() => setAsked('dead_letters')} />
      </Stack>
      {asked && <ReplayDialog opened onClose={() => setAsked(null)} path={path} first={asked} />}
    </Stack>
  );
}
