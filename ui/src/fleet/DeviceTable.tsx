import { ActionIcon, Group, Menu, Text } from '@mantine/core';
import { IconActivity, IconCopy, IconDots, IconKey, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { Link } from 'wouter';
import type { Device } from '../api/types';
import { useMay } from '../app/rights';
import { useScope } from '../app/scope';
import { Copy } from '../kit/Copy';
import { tell } from '../kit/notify';
import { type Column, DataTable, Nothing } from '../kit/table/DataTable';
import type { TableView } from '../kit/table/view';
import { TimeText } from '../kit/TimeText';
import { nameOf } from './data';
import { Groups, Marks, Online } from './parts';
import { RemoveDevice } from './RemoveDevice';

const name: Column<Device> = { key: 'name', label: 'Name', sortable: true, cell: (d) => nameOf(d) };

const common: Column<Device>[] = [
  {
    key: 'id',
    label: 'ID',
    sortable: true,
    cell: (d) => (
      <Group gap={2} wrap="nowrap">
        <Text span className="fh-mono" title={d.id}>
          {d.id.slice(0, 6)}…{d.id.slice(-4)}
        </Text>
        <Copy text={d.id} what={`the id of ${nameOf(d)}`} />
      </Group>
    ),
  },
  {
    key: 'state',
    label: 'State',
    cell: (d) => (
      <Group gap={4}>
        <Online online={d.online} />
        <Marks device={d} />
      </Group>
    ),
  },
  { key: 'heard', label: 'Last heard', sortable: true, cell: (d) => <TimeText at={d.last_heard} size="sm" /> },
  { key: 'firmware', label: 'Firmware', sortable: true, from: 'md', end: true, cell: (d) => (d.firmware_version === null ? <Nothing /> : d.firmware_version) },
];

const ofProduct: Column<Device>[] = [
  { key: 'groups', label: 'Groups', from: 'md', cell: (d) => <Groups names={d.groups} /> },
  { key: 'serial', label: 'Serial', from: 'lg', cell: (d) => (d.serial_number ? <span className="fh-mono">{d.serial_number}</span> : <Nothing />) },
  { key: 'owner', label: 'Owner', from: 'lg', cell: (d) => d.owner ?? <Nothing /> },
];

type Props = { rows: Device[] | undefined; view: TableView; change: (part: Partial<TableView>) => void; stale: boolean };

export function DeviceTable({ rows, view, change, stale }: Props) {
  const product = useScope().kind === 'product';
  const may = useMay();
  const [removing, setRemoving] = useState<Device>();
  return (
    <>
      <DataTable
        label="Devices"
        columns={product ? [name, ...common, ...ofProduct] : [name, ...common]}
        rows={rows}
        idOf={(d) => d.id}
        hrefOf={(d) => `/devices/${d.id}`}
        menu={(d) => <RowMenu device={d} remove={may('devices:delete').may ? () => setRemoving(d) : undefined} />}
        view={view}
        change={change}
        stale={stale}
      />
      <RemoveDevice device={removing} onClose={() => setRemoving(undefined)} />
    </>
  );
}

function RowMenu({ device, remove }: { device: Device; remove: (() => void) | undefined }) {
  const copy = () => navigator.clipboard.writeText(device.id).then(() => tell.done('Copied the id'), tell.failure('Not copied'));
  return (
    <Menu position="bottom-end" withinPortal width={210}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={`Actions for ${nameOf(device)}`}>
          <IconDots size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconActivity size={16} />} component={Link} href={`/devices/${device.id}?tab=events`}>
          Events
        </Menu.Item>
        <Menu.Item leftSection={<IconKey size={16} />} component={Link} href={`/devices/${device.id}?tab=credentials`}>
          Credentials
        </Menu.Item>
        <Menu.Item leftSection={<IconCopy size={16} />} onClick={() => void copy()}>
          Copy the id
        </Menu.Item>
        {remove && (
          <>
            <Menu.Divider />
            <Menu.Item leftSection={<IconTrash size={16} />} color="red" onClick={remove}>
              Remove
            </Menu.Item>
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
