import { Button, Card, Group, ScrollArea, Stack, Table, Text } from '@mantine/core';
import { IconRepeat, IconTrash } from '@tabler/icons-react';
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../api/client';
import type { Schemas } from '../api/types';
import { Confirm } from '../kit/Confirm';
import { Answered } from '../kit/states';
import { TimeText } from '../kit/TimeText';
import { Allowed } from './Allowed';
import { lively, type Opened } from './data';

type Letter = Schemas['DeadLetter'];
type Page = { dead_letters: Letter[]; next?: number };

/** Deliveries that were given up, with a button to try all of them again. */
export function DeadLetters({ at, replay }: { at: Opened; replay: () => void }) {
  const { path } = at;
  const letters = useInfiniteQuery({
    queryKey: ['dead-letters', path],
    queryFn: ({ pageParam }) => api.get<Page>(`${path}/dead-letters`, { after: pageParam, limit: 50 }),
    initialPageParam: 0,
    getNextPageParam: (last: Page) => last.next,
    refetchInterval: (query) => ((query.state.data?.pages.length ?? 1) > 1 ? false : lively),
  });
  const [gone, setGone] = useState<Letter | null>(null);
  const client = useQueryClient();
  return (
    <Answered query={letters} what="The list of dead letters" rows={3}>
      {({ pages }) => {
        const all = pages.flatMap((p) => p.dead_letters);
        if (all.length === 0) {
          return (
            <Card withBorder padding="sm">
              <Text size="sm" c="dimmed">
                None. A delivery that is given up after repeated attempts stays here until you replay or delete it, or its event goes. Without <code>retry: failed</code> nothing is repeated, and so nothing is given up.
              </Text>
            </Card>
          );
        }
        return (
          <Stack gap="sm">
            <Group justify="space-between">
              <Text size="sm">
                {all.length}
                {letters.hasNextPage ? ' or more' : ''} given up
              </Text>
              <Allowed at={at} action="integrations:replay">
                <Button size="xs" leftSection={<IconRepeat size={14} />} onClick={replay}>
                  Replay all dead letters
                </Button>
              </Allowed>
            </Group>
            <Letters at={at} letters={all} remove={setGone} />
            {letters.hasNextPage && (
              <Button variant="default" loading={letters.isFetchingNextPage} onClick={() => void letters.fetchNextPage()} style={{ alignSelf: 'center' }}>
                Load more
              </Button>
            )}
            <Confirm
              opened={gone !== null}
              onClose={() => setGone(null)}
              title={`Delete the dead letter ${gone?.id}?`}
              action="Delete"
              onConfirm={async () => {
                await api.delete(`${path}/dead-letters/${gone?.id}`);
                await client.invalidateQueries({ queryKey: ['dead-letters', path] });
              }}
            >
              The event {gone?.event ?? ''} stays in the log; it cannot be replayed from here any more.
            </Confirm>
          </Stack>
        );
      }}
    </Answered>
  );
}

function Letters({ at, letters, remove }: { at: Opened; letters: Letter[]; remove: (l: Letter) => void }) {
  return (
    <Card withBorder padding={0}>
      <ScrollArea type="auto" viewportProps={{ tabIndex: 0, role: 'region', 'aria-label': 'Dead letters' }}>
        <Table verticalSpacing={6} fz="sm" miw={640}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">Given up</Table.Th>
              <Table.Th scope="col">Event</Table.Th>
              <Table.Th scope="col">Data</Table.Th>
              <Table.Th scope="col" ta="right">
                Attempts
              </Table.Th>
              <Table.Th scope="col">Last error</Table.Th>
              <Table.Th scope="col" aria-label="Actions" />
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {letters.map((l) => (
              <Table.Tr key={l.id}>
                <Table.Td>
                  <TimeText at={l.time} size="sm" />
                </Table.Td>
                <Table.Td className="fh-mono">{l.event ?? <Text span fz="xs" c="dimmed">no longer kept</Text>}</Table.Td>
                <Table.Td className="fh-mono" maw={220}>
                  <Text fz="xs" truncate className="fh-mono">
                    {l.data}
                  </Text>
                </Table.Td>
                <Table.Td ta="right">{l.attempts}</Table.Td>
                <Table.Td className="fh-mono">{l.error}</Table.Td>
                <Table.Td ta="right">
                  <Allowed at={at} action="integrations:update">
                    <Button size="compact-xs" variant="subtle" color="red" leftSection={<IconTrash size={13} />} onClick={() => remove(l)}>
                      Delete
                    </Button>
                  </Allowed>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </ScrollArea>
    </Card>
  );
}
