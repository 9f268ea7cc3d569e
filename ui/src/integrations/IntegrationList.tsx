import { ActionIcon, Anchor, Box, Group, Menu, Table, Text, Tooltip } from '@mantine/core';
import { IconChevronDown, IconDots, IconEdit, IconEye, IconPlayerPause, IconPlayerPlay, IconTestPipe } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useLocation, useSearchParams } from 'wouter';
import { api } from '../api/client';
import type { Day, Integration } from '../api/types';
import { useMay } from '../app/rights';
import { useScope } from '../app/scope';
import { count } from '../kit/chart/chart';
import { tell } from '../kit/notify';
import { Answered } from '../kit/states';
import { SleepBadge, StatusBadge } from './Badges';
import { useChanges } from './data';
import { OutcomeChart } from './History';
import classes from './IntegrationList.module.css';
import { eventOf, hostOf, isOn, productsText, type Row, titleOf, typeText, urlOf } from './model';

/** Rows of integrations; each opens to its 30 days. */
export function IntegrationList({ rows, counted }: { rows: Row[]; counted: boolean }) {
  const [search, setSearch] = useSearchParams();
  const opened = search.get('open');
  const toggle = (id: string) =>
    setSearch(
      (now) => {
        if (opened === id) now.delete('open');
        else now.set('open', id);
        return now;
      },
      { replace: true },
    );
  return (
    <Table className={classes['list'] ?? ''} verticalSpacing={8} withTableBorder aria-label="Integrations">
      <Table.Thead>
        <Table.Tr>
          <Table.Th w={44}>
            <span className={classes['hidden']}>History</span>
          </Table.Th>
          <Table.Th>Integration</Table.Th>
          <Table.Th>Event</Table.Th>
          <Number>Success</Number>
          <Number>Error</Number>
          <Number>Sleep</Number>
          <Number>Timeout</Number>
          <Table.Th w={220}>Status</Table.Th>
          <Table.Th w={48}>
            <span className={classes['hidden']}>Actions</span>
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {rows.map((row) => (
          <ListRow key={row.integration.id} row={row} counted={counted} opened={opened === row.integration.id} toggle={() => toggle(row.integration.id)} />
        ))}
      </Table.Tbody>
    </Table>
  );
}

function Number({ children }: { children: string }) {
  return (
    <Tooltip label="Today, since midnight UTC" openDelay={300}>
      <Table.Th ta="right" w={96}>{children}</Table.Th>
    </Tooltip>
  );
}

type RowProps = { row: Row; counted: boolean; opened: boolean; toggle: () => void };

function ListRow({ row, counted, opened, toggle }: RowProps) {
  const { kind } = useScope();
  const { integration, today, host } = row;
  const name = titleOf(integration);
  const figures: [label: string, n: number, color?: string][] = [
    ['Success', today.success],
    ['Error', today.error, 'red'],
    ['Sleep', today.sleep, 'violet'],
    ['Timeout', today.timeout, 'red'],
  ];
  return (
    <>
      <Table.Tr>
        <Table.Td>
          <ActionIcon variant="subtle" color="gray" onClick={toggle} aria-expanded={opened} aria-label={`30 days of ${name}`}>
            <IconChevronDown size={18} style={{ transform: opened ? 'none' : 'rotate(-90deg)', transition: 'transform 120ms' }} />
          </ActionIcon>
        </Table.Td>
        <Table.Td data-cell="name">
          <Anchor component={Link} href={`/integrations/webhooks/${integration.id}`} fw={600} size="sm" style={{ overflowWrap: 'anywhere' }}>
            {name}
          </Anchor>
          <Text size="xs" c="dimmed" className="fh-mono">
            {target(integration)}
          </Text>
          {kind === 'organization' && (
            <Text size="xs" c="dimmed">
              {productsText(integration)}
            </Text>
          )}
        </Table.Td>
        <Table.Td data-label="Event" className="fh-mono">
          {eventOf(integration)}
        </Table.Td>
        {figures.map(([label, n, color]) => (
          <Table.Td key={label} ta="right" data-label={label}>
            <Text span size="sm" fw={n ? 600 : 400} c={n && color ? color : n ? undefined : 'dimmed'}>
              {counted ? count(n) : '–'}
            </Text>
          </Table.Td>
        ))}
        <Table.Td data-cell="status">
          <Group gap={6}>
            <StatusBadge off={isOn(integration.disabled)} />
            <SleepBadge host={host} />
          </Group>
        </Table.Td>
        <Table.Td data-cell="menu">
          <RowMenu integration={integration} />
        </Table.Td>
      </Table.Tr>
      {opened && (
        <Table.Tr>
          <Table.Td colSpan={9} p={0}>
            <Opened integration={integration} />
          </Table.Td>
        </Table.Tr>
      )}
    </>
  );
}

/** Type and target in one line. */
function target(i: Integration): string {
  const type = typeText(i.integration_type);
  return i.url ? `${type}, ${i.requestType ?? 'POST'} ${hostOf(i.url) || i.url}` : `${type}, ${hostOf(urlOf(i))}`;
}

function Opened({ integration }: { integration: Integration }) {
  const scope = useScope();
  const days = useQuery({
    queryKey: ['integrations', scope.api, integration.id, 'days'],
    queryFn: () => api.get<{ counters: Day[] }>(`${scope.api}/integrations/${integration.id}/counters`, { days: 30 }).then((a) => a.counters),
  });
  return (
    <Box p="sm" mih={320}>
      <Answered query={days} what="The history" rows={6}>
        {(all) => <OutcomeChart days={all} title={`30 days of ${titleOf(integration)}`} order={2} />}
      </Answered>
    </Box>
  );
}

function RowMenu({ integration }: { integration: Integration }) {
  const scope = useScope();
  const { change } = useChanges();
  const may = useMay();
  const [, go] = useLocation();
  const off = isOn(integration.disabled);
  const name = titleOf(integration);
  const page = `/integrations/webhooks/${integration.id}`;
  const turn = () =>
    change.mutate(
      { path: `${scope.api}/integrations/${integration.id}`, patch: { disabled: !off } },
      { onSuccess: () => tell.done(off ? `${name} is enabled.` : `${name} is disabled.`), onError: tell.failure(off ? 'Not enabled' : 'Not disabled') },
    );
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" loading={change.isPending} aria-label={`Actions for ${name}`}>
          <IconDots size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconEye size={16} />} onClick={() => go(page)}>
          View
        </Menu.Item>
        <Menu.Item leftSection={<IconTestPipe size={16} />} onClick={() => go(`${page}?test`)} disabled={!may('integrations:test').may}>
          Test
        </Menu.Item>
        <Menu.Item leftSection={<IconEdit size={16} />} onClick={() => go(`${page}/edit`)} disabled={!may('integrations:update').may}>
          Edit
        </Menu.Item>
        <Menu.Item leftSection={off ? <IconPlayerPlay size={16} /> : <IconPlayerPause size={16} />} onClick={turn} disabled={!may('integrations:update').may}>
          {off ? 'Enable' : 'Disable'}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
