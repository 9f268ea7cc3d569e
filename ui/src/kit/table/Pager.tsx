import { Group, Pagination, Select, Text } from '@mantine/core';
import { rangeOf, sizes, type TableView } from './view';

type Props = { view: TableView; change: (part: Partial<TableView>) => void; total: number | undefined; what: string };

/** Which rows are shown, and the way to the others. */
export function Pager({ view, change, total, what }: Props) {
  const pages = Math.max(1, Math.ceil((total ?? 0) / view.size));
  return (
    <Group justify="space-between" gap="sm" mih={36}>
      <Text size="sm" c="dimmed" aria-live="polite">
        {total === undefined ? 'Loading' : `${what}: ${rangeOf(Math.min(view.page, pages), view.size, total)}`}
      </Text>
      <Group gap="sm">
        {(total ?? 0) > (sizes[0] ?? 25) && (
          <Select
            size="xs"
            w={104}
            aria-label="Rows on a page"
            allowDeselect={false}
            data={sizes.map((n) => ({ value: String(n), label: `${n} rows` }))}
            value={String(view.size)}
            onChange={(n) => change({ size: Number(n) })}
          />
        )}
        {pages > 1 && (
          <Pagination
            size="sm"
            total={pages}
            value={Math.min(view.page, pages)}
            onChange={(page) => change({ page })}
            siblings={1}
            boundaries={1}
            getItemProps={(page) => ({ 'aria-label': `Page ${page.toLocaleString()}` })}
            getControlProps={(control) => ({ 'aria-label': { first: 'First page', previous: 'Page before', next: 'Next page', last: 'Last page' }[control] })}
          />
        )}
      </Group>
    </Group>
  );
}
