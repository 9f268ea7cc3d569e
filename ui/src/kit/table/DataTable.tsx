import { Paper, Skeleton, Table, Text, UnstyledButton } from '@mantine/core';
import { IconArrowDown, IconArrowsSort, IconArrowUp } from '@tabler/icons-react';
import type { KeyboardEvent, MouseEvent, ReactNode } from 'react';
import { Link, useLocation } from 'wouter';
import css from './DataTable.module.css';
import type { TableView } from './view';

export type Column<T> = {
  key: string;
  label: string;
  cell: (row: T) => ReactNode;
  sortable?: boolean;
  /** Left out on windows that are narrower than this. */
  from?: 'md' | 'lg';
  end?: boolean;
  width?: number | string;
};

type Props<T> = {
  /** Names the table for those who cannot see it. */
  label: string;
  /** The first column is what a row is called. */
  columns: Column<T>[];
  /** undefined = not there yet. */
  rows: readonly T[] | undefined;
  idOf: (row: T) => string;
  /** Where a row leads. */
  hrefOf?: (row: T) => string;
  /** Buttons at the end of a row. */
  menu?: (row: T) => ReactNode;
  view?: TableView;
  change?: (part: Partial<TableView>) => void;
  /** How many rows to keep room for while they load. */
  expect?: number;
  /** Rows of an earlier view, while those of the present one load. */
  stale?: boolean;
};

/**
 * A page of rows. The header stays in sight; arrow keys go from row to row; on
 * a narrow screen a row becomes a card of labelled lines.
 */
export function DataTable<T>({ label, columns, rows, idOf, hrefOf, menu, view, change, expect = 8, stale = false }: Props<T>) {
  return (
    <Paper withBorder className={css['frame'] ?? ''} data-stale={stale || undefined}>
      <Table className={css['table'] ?? ''} stickyHeader stickyHeaderOffset={56} verticalSpacing={9} horizontalSpacing="sm" highlightOnHover={Boolean(hrefOf)} aria-label={label} aria-busy={rows === undefined || stale} role="table">
        <Table.Thead role="rowgroup">
          <Table.Tr role="row">
            {columns.map((c) => (
              <Head key={c.key} column={c} {...(view ? { view } : {})} {...(change ? { change } : {})} />
            ))}
            {menu && (
              <Table.Th role="columnheader" w={48}>
                <span className={css['hidden']}>Actions</span>
              </Table.Th>
            )}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody role="rowgroup" onKeyDown={move}>
          {rows ? rows.map((row) => <Row key={idOf(row)} row={row} columns={columns} {...(hrefOf ? { href: hrefOf(row) } : {})} menu={menu?.(row)} />) : <Waiting rows={expect} columns={columns.length + (menu ? 1 : 0)} />}
        </Table.Tbody>
      </Table>
    </Paper>
  );
}

function Head<T>({ column, view, change }: { column: Column<T>; view?: TableView; change?: (part: Partial<TableView>) => void }) {
  const sorted = Boolean(column.sortable) && view?.sort === column.key;
  const down = sorted && view.down;
  const Icon = sorted ? (down ? IconArrowDown : IconArrowUp) : IconArrowsSort;
  const order = sorted ? (down ? 'descending' : 'ascending') : undefined;
  return (
    <Table.Th role="columnheader" {...(order ? { 'aria-sort': order } : {})} data-from={column.from} data-end={column.end || undefined} {...(column.width ? { w: column.width } : {})}>
      {column.sortable && change ? (
        <UnstyledButton className={css['sort'] ?? ''} onClick={() => change({ sort: column.key, down: sorted && !down })}>
          {column.label}
          <Icon size={14} stroke={1.6} style={{ opacity: sorted ? 1 : 0.4 }} aria-hidden />
        </UnstyledButton>
      ) : (
        column.label
      )}
    </Table.Th>
  );
}

function Row<T>({ row, columns, href, menu }: { row: T; columns: Column<T>[]; href?: string; menu: ReactNode }) {
  const [, go] = useLocation();
  // The link in the first cell is the way for keyboards; a click anywhere else in the row goes there, too.
  const open = (e: MouseEvent) => {
    if (href && !(e.target as HTMLElement).closest('a, button, input, [role="menu"]') && !window.getSelection()?.toString()) go(href);
  };
  return (
    <Table.Tr role="row" onClick={open} style={href ? { cursor: 'pointer' } : {}}>
      {columns.map((c, i) => (
        <Table.Td key={c.key} role="cell" data-label={i > 0 ? c.label : undefined} data-first={i === 0 || undefined} data-from={c.from} data-end={c.end || undefined}>
          {i === 0 && href ? (
            <Link href={href} className={css['link'] ?? ''} data-row-link>
              {c.cell(row)}
            </Link>
          ) : (
            c.cell(row)
          )}
        </Table.Td>
      ))}
      {menu !== undefined && (
        <Table.Td role="cell" className={css['menu'] ?? ''}>
          {menu}
        </Table.Td>
      )}
    </Table.Tr>
  );
}

/** Arrow keys, Home and End move between the links of rows. */
function move(e: KeyboardEvent<HTMLElement>) {
  const links = [...e.currentTarget.querySelectorAll<HTMLElement>('[data-row-link]')];
  const at = links.indexOf(document.activeElement as HTMLElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: links.length - 1 }[e.key];
  if (at < 0 || to === undefined) return;
  e.preventDefault();
  links[Math.max(0, Math.min(links.length - 1, to))]?.focus();
}

function Waiting({ rows, columns }: { rows: number; columns: number }) {
  return Array.from({ length: rows }, (_, i) => (
    <Table.Tr key={i} role="row">
      <Table.Td colSpan={columns} role="cell">
        {i === 0 ? (
          <div role="status" aria-label="Loading">
            <Skeleton height={22} radius="sm" />
          </div>
        ) : (
          <Skeleton height={22} radius="sm" />
        )}
      </Table.Td>
    </Table.Tr>
  ));
}

/** A dash for what a row does not have. */
export function Nothing() {
  return (
    <Text span c="dimmed" size="sm" data-nothing>
      –
    </Text>
  );
}
