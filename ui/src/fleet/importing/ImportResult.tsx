import { Button, Card, Group, ScrollArea, SimpleGrid, Stack, Text } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { Copy } from '../../kit/Copy';
import { saveText } from '../../kit/save';
import type { Outcome } from './run';

const parts: { key: keyof Outcome; label: string; about: string }[] = [
  { key: 'added', label: 'Added', about: 'Are in the product now' },
  { key: 'existing', label: 'There before', about: 'Were in the product already' },
  { key: 'foreign', label: 'Of somebody else', about: 'Belong to somebody who is not in the team' },
  { key: 'invalid', label: 'Not added', about: 'Unknown, malformed, or in another product' },
];

/** What became of each id, with lists to keep. */
export function ImportResult({ outcome }: { outcome: Outcome }) {
  return (
    <SimpleGrid type="container" cols={{ base: 1, '420px': 2, '860px': 4 }} spacing="sm">
      {parts.map(({ key, label, about }) => (
        <Card key={key} withBorder padding="sm" component="section" aria-label={label}>
          <Stack gap={4}>
            <Text size="xs" fw={600}>
              {label}
            </Text>
            <Text fz={26} fw={650} lh={1.1}>
              {outcome[key].length.toLocaleString()}
            </Text>
            <Text size="xs" c="dimmed">
              {about}
            </Text>
            {outcome[key].length > 0 && <List ids={outcome[key]} name={key} label={label} />}
          </Stack>
        </Card>
      ))}
    </SimpleGrid>
  );
}

function List({ ids, name, label }: { ids: string[]; name: string; label: string }) {
  return (
    <>
      <ScrollArea h={72} type="auto" viewportProps={{ tabIndex: 0, role: 'region', 'aria-label': `Ids: ${label}` }}>
        <Text component="pre" className="fh-mono" m={0}>
          {ids.slice(0, 50).join('\n')}
          {ids.length > 50 && `\n… ${(ids.length - 50).toLocaleString()} more`}
        </Text>
      </ScrollArea>
      <Group gap={4}>
        <Button size="compact-xs" variant="default" leftSection={<IconDownload size={13} />} onClick={() => saveText(`${name}-ids.txt`, `${ids.join('\n')}\n`)} aria-label={`Download the ids: ${label}`}>
          Download
        </Button>
        <Copy text={ids.join('\n')} what={`the ids: ${label}`} />
      </Group>
    </>
  );
}
