import { Button, Group, Stack, Text, Title } from '@mantine/core';
import { IconRepeat } from '@tabler/icons-react';
import { useState } from 'react';
import { DeadLetters } from './DeadLetters';
import { ReplayDialog, Replays, type What } from './Replays';

/** Delivering events again: replays, and the deliveries that were given up. */
export default function Again({ path }: { path: string }) {
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
          <Button leftSection={<IconRepeat size={16} />} onClick={() => setAsked('failures')}>
            Replay events
          </Button>
        </Group>
        <Replays path={path} />
      </Stack>
      <Stack gap="sm" component="section" aria-label="Dead letters">
        <Title order={2} size="h4">
          Dead letters
        </Title>
        <DeadLetters path={path} replay={() => setAsked('dead_letters')} />
      </Stack>
      {asked && <ReplayDialog opened onClose={() => setAsked(null)} path={path} first={asked} />}
    </Stack>
  );
}
