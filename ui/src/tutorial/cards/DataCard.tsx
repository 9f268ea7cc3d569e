import { Table, Text } from '@mantine/core';
import { clock } from '../../kit/time';
import { useDemo } from '../demo';
import { columnsOf, flatten } from '../logic/flatten';
import { Panel, To, Waits } from '../Panel';

/** Panel 8: what the server received, decoded, with a column for each member. */
export function DataCard() {
  const { hooks, server } = useDemo();
  const rows = hooks.map((h) => ({ hook: h, cells: flatten(h.body) }));
  const columns = columnsOf(rows.map((r) => r.cells).reverse());
  return (
    <Panel id="data" done={rows.length > 0}>
      <Text size="sm">This is what a program of yours would work with: each request&apos;s body, decoded. A new member in the data is a new column.</Text>
      {rows.length === 0 ? (
        <Waits>{server.session ? <>No request came yet. <To id="test">Publish an event</To>.</> : <>First, <To id="start">start the demo</To>.</>}</Waits>
      ) : (
        <Table.ScrollContainer minWidth={120 + columns.length * 130} maxHeight={360} type="native" tabIndex={0} role="region" aria-label="Received data">
          <Table withTableBorder striped stickyHeader aria-label="Received data">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Received</Table.Th>
                {columns.map((c) => (
                  <Table.Th key={c}>{c}</Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody className="fh-mono">
              {rows.map(({ hook, cells }) => (
                <Table.Tr key={`${hook.receivedAt} ${hook.hookId}`}>
                  <Table.Td>{clock(new Date(hook.receivedAt))}</Table.Td>
                  {columns.map((c) => (
                    <Table.Td key={c}>{cells[c] ?? ''}</Table.Td>
                  ))}
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </Panel>
  );
}
