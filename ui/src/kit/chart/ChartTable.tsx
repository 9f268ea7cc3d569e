import { Badge, ScrollArea, Table, VisuallyHidden } from '@mantine/core';
import type { ChartProps } from './Chart';
import { count } from './chart';

/** The figures of a chart, newest first, in the room that the chart had. */
export function ChartTable({ title, axis, labels, series: shown, tableOnly = [], format = count, height, sample = 0 }: ChartProps) {
  const series = [...shown, ...tableOnly];
  const rows = labels.map((label, i) => ({ label, i })).reverse();
  return (
    <ScrollArea h={height} type="auto" viewportProps={{ tabIndex: 0, role: 'region', 'aria-label': `${title}, table` }}>
      <Table stickyHeader striped verticalSpacing={4} fz="sm" style={{ fontVariantNumeric: 'tabular-nums' }}>
        <caption>
          <VisuallyHidden>{title}</VisuallyHidden>
        </caption>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">{axis}</Table.Th>
            {series.map((s) => (
              <Table.Th key={s.label} scope="col" ta="right">
                {s.label}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map(({ label, i }) => (
            <Table.Tr key={label}>
              <Table.Th scope="row" fw={500}>
                {label}{' '}
                {i < sample && (
                  <Badge size="xs" variant="light" color="gray">
                    sample
                  </Badge>
                )}
              </Table.Th>
              {series.map((s) => {
                const value = s.values[i];
                return (
                  <Table.Td key={s.label} ta="right">
                    {value === null || value === undefined ? '–' : format(value)}
                  </Table.Td>
                );
              })}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </ScrollArea>
  );
}
