import { Button, Group, Modal, SimpleGrid, Stack, Text, Textarea, TextInput, UnstyledButton } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { IconHistory, IconPencil } from '@tabler/icons-react';
import { useState } from 'react';
import { api } from '../api/client';
import type { Schemas } from '../api/types';
import { useScope } from '../app/scope';
import { Answered, Empty } from '../kit/states';
import { TimeText } from '../kit/TimeText';
import { useBuilder } from './context';
import { getText } from './mapping';
import { useSample } from './sample';

/** The event of the preview: written here, or one that has been. */
export function SampleChoice() {
  const { event, recorded, setSample } = useSample();
  const { doc } = useBuilder();
  const [choosing, setChoosing] = useState(false);
  const set = (part: Partial<typeof event>) => setSample({ event: { ...event, ...part } });
  return (
    <Stack gap="xs">
      <Group justify="space-between" gap="xs">
        <Text size="sm" fw={500}>
          Sample event
        </Text>
        {recorded ? (
          <Button size="compact-xs" variant="default" leftSection={<IconPencil size={14} />} onClick={() => setSample({ event })}>
            Change it
          </Button>
        ) : (
          <Button size="compact-xs" variant="default" leftSection={<IconHistory size={14} />} onClick={() => setChoosing(true)}>
            Recent events
          </Button>
        )}
      </Group>
      {recorded ? (
        <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
          <b>{event.name}</b> from {event.deviceID}, <TimeText at={recorded.published_at} />: <span className="fh-mono">{event.data || 'no data'}</span>
        </Text>
      ) : (
        <>
          <SimpleGrid cols={2} spacing="xs">
            <TextInput size="xs" label="Name" placeholder={getText(doc, 'event') || 'temp'} value={event.name} onChange={(e) => set({ name: e.currentTarget.value })} spellCheck={false} />
            <TextInput size="xs" label="Device" placeholder="api" value={event.deviceID} onChange={(e) => set({ deviceID: e.currentTarget.value.trim() })} spellCheck={false} />
          </SimpleGrid>
          <Textarea
            size="xs"
            label="Data"
            rows={2}
            resize="vertical"
            value={event.data}
            onChange={(e) => set({ data: e.currentTarget.value })}
            spellCheck={false}
            styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
          />
        </>
      )}
      <Modal opened={choosing} onClose={() => setChoosing(false)} title="Recent events" size="lg">
        {choosing && <RecentEvents onChosen={() => setChoosing(false)} />}
      </Modal>
    </Stack>
  );
}

function RecentEvents({ onChosen }: { onChosen: () => void }) {
  const scope = useScope();
  const { setSample } = useSample();
  const { doc } = useBuilder();
  const [name, setName] = useState(getText(doc, 'event'));
  const [wanted] = useDebouncedValue(name, 200);
  const query = useQuery({
    queryKey: ['events', scope.api, 'recent', wanted],
    queryFn: ({ signal }) => api.get<Schemas['FoundEvents']>(`${scope.api}/history/events`, { name: wanted, per_page: 25 }, signal),
    placeholderData: keepPreviousData,
  });
  const choose = (e: Schemas['FoundEvents']['events'][number]) => {
    setSample({ event: { name: e.name, data: e.data, deviceID: e.coreid }, recorded: { id: e.id, published_at: e.published_at } });
    onChosen();
  };
  return (
    <Stack>
      <TextInput label="Names that begin with" value={name} onChange={(e) => setName(e.currentTarget.value)} data-autofocus spellCheck={false} />
      <Answered query={query} what="The list of events" rows={6}>
        {({ events: all }) => {
          const events = all.filter((e) => !e.cause);
          return events.length === 0 ? (
            <Empty icon={IconHistory} title="No such event yet">
              Events show here once they are published. Until then write a sample by hand.
            </Empty>
          ) : (
            <Stack gap={0} component="ul" m={0} p={0} style={{ listStyle: 'none' }}>
              {events.map((e) => (
                <li key={e.id}>
                  <UnstyledButton onClick={() => choose(e)} w="100%" p="xs" className="fh-choice">
                    <Group justify="space-between" gap="xs" wrap="nowrap">
                      <Text size="sm" fw={600} truncate>
                        {e.name}
                      </Text>
                      <TimeText at={e.published_at} size="xs" c="dimmed" style={{ whiteSpace: 'nowrap' }} />
                    </Group>
                    <Text size="xs" c="dimmed" truncate>
                      {e.coreid}
                    </Text>
                    <Text size="xs" className="fh-mono" lineClamp={2}>
                      {e.data}
                    </Text>
                  </UnstyledButton>
                </li>
              ))}
            </Stack>
          );
        }}
      </Answered>
    </Stack>
  );
}
