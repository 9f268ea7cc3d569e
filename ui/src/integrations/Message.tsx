import { Alert, Group, SegmentedControl, Stack, Table, Text } from '@mantine/core';
import { useState } from 'react';
import { pretty } from '../kit/json';
import { Snippet } from '../kit/Snippet';
import { parseHttp, sizeText } from './http';

type Props = {
  /** "Webhook request", "Webhook response". */
  title: string;
  text: string;
  cut?: boolean;
  /** What to say when there is none. */
  none: string;
};

/** A request or response: its first line, headers and body, or the text as it went over the wire. */
export function Message({ title, text, cut, none }: Props) {
  const [raw, setRaw] = useState(false);
  if (!text) return <Snippet title={title} text="" empty={none} />;
  const { start, headers, body } = parseHttp(text);
  return (
    <Stack gap={6}>
      <Group justify="space-between" gap="xs">
        <Text size="sm" fw={600}>
          {title}
        </Text>
        <SegmentedControl
          size="xs"
          aria-label={`${title}: how to show it`}
          value={raw ? 'raw' : 'parts'}
          onChange={(v) => setRaw(v === 'raw')}
          data={[
            { value: 'parts', label: 'Readable' },
            { value: 'raw', label: 'Raw' },
          ]}
        />
      </Group>
      {cut && (
        <Alert color="yellow" variant="light" p="xs">
          It was longer; the hub keeps the first 100 KiB.
        </Alert>
      )}
      {raw ? (
        <Snippet title="As sent" text={text} wrap />
      ) : (
        <>
          <Headers start={start} headers={headers} title={title} />
          <Snippet title={`Body, ${sizeText(body)}`} text={pretty(body)} empty="No body" wrap />
        </>
      )}
    </Stack>
  );
}

function Headers({ start, headers, title }: { start: string; headers: [string, string][]; title: string }) {
  return (
    <Table withTableBorder verticalSpacing={4} fz="sm" layout="fixed" aria-label={`${title}, headers`}>
      <colgroup>
        <col style={{ width: '34%' }} />
        <col />
      </colgroup>
      <Table.Thead>
        <Table.Tr>
          <Table.Th colSpan={2} className="fh-mono" fw={600}>
            {start}
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {headers.map(([name, value], i) => (
          <Table.Tr key={i}>
            <Table.Th scope="row" fw={500} style={{ overflowWrap: 'anywhere' }}>
              {name}
            </Table.Th>
            <Table.Td className="fh-mono">{value}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
