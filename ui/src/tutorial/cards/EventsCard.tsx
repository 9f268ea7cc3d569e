import { Button, Group, Table, Text } from '@mantine/core';
import { clock } from '../../kit/time';
import { useDemo } from '../demo';
import { clipped } from '../logic/explainer';
import { Panel, To, Waits } from '../Panel';

/** Panel 9: every event of the product, newest first. */
export function EventsCard() {
  const { events, clear, stream, server } = useDemo();
  return (
    <Panel id="events" done={events.length > 0}>
      <Group justify="space-between">
        <Text size="sm">All events of the product, as its Events page shows them, so that you need not switch between windows.</Text>
        {events.length > 0 && (
          <Button size="xs" variant="default" onClick={clear}>
            Clear log and explainer
          </Button>
        )}
      </Group>
      {events.length === 0 ? (
        <Waits>{!server.session ? <>First, <To id="start">start the demo</To>.</> : stream === 'live' ? 'No event came yet.' : <>Events are followed once you <To id="product">select a product</To>.</>}</Waits>
      ) : (
        <Table.ScrollContainer minWidth={560} maxHeight={360} type="native" tabIndex={0} role="region" aria-label="Events of the product">
          <Table withTableBorder striped stickyHeader layout="fixed" aria-label="Events of the product">
            <Table.Thead>
              <Table.Tr>
                <Table.Th w="34%">Name</Table.Th>
                <Table.Th>Data</Table.Th>
                <Table.Th w="20%">Device</Table.Th>
                <Table.Th w={112}>Published at</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody className="fh-mono">
              {events.map((e) => (
                <Table.Tr key={e.id}>
                  <Table.Td>{e.name}</Table.Td>
                  <Table.Td>{clipped(e.data ?? '')}</Table.Td>
                  <Table.Td>{e.coreid}</Table.Td>
                  <Table.Td title={e.publishedAt}>{clock(new Date(e.publishedAt))}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </Panel>
  );
}
