import { Button, Group, Radio, Select, Stack, Table, Text } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import { api } from '../../api/client';
import type { Device } from '../../api/types';
import { Copy } from '../../kit/Copy';
import { tell } from '../../kit/notify';
import { Failed, Loading } from '../../kit/states';
import { useDemo } from '../demo';
import { platformName, platforms } from '../logic/store';
import { Panel, To, Waits } from '../Panel';
import { registerSimulated } from '../prepare';

const pick = platforms.map((p) => ({ value: String(p.id), label: p.name }));

/** Panel 1: one of the own devices, a simulated one, or none. */
export function DeviceCard() {
  const { choices, choose } = useDemo();
  const chosen = choices.device;
  const [kind, setKind] = useState<string>(chosen && !chosen.simulated ? 'own' : 'simulated');
  return (
    <Panel id="device" done={Boolean(chosen)}>
      <Text size="sm">
        A device of yours makes this most fun. Without one, a simulated device runs the same program in this page, and publishes through the hub as a real, registered device. You can also go on without any, and use <To id="test" /> alone.
      </Text>
      <Radio.Group value={kind} onChange={setKind} label="Device" name="demo-device">
        <Stack gap={6} mt={4}>
          <Radio value="simulated" label="Simulated device" />
          <Radio value="own" label="One of my devices" />
        </Stack>
      </Radio.Group>
      {kind === 'own' ? <OwnDevices /> : <SimulatedDevice />}
      {chosen && <Chosen />}
      {!chosen && kind === 'own' && (
        <Select
          label="Platform, to go on without a device"
          data={pick}
          value={String(choices.platform)}
          onChange={(v) => choose({ platform: Number(v ?? 0) })}
          allowDeselect={false}
          maw={320}
        />
      )}
    </Panel>
  );
}

function OwnDevices() {
  const { choices, choose } = useDemo();
  const devices = useQuery({ queryKey: ['demo', 'devices'], queryFn: () => api.get<Device[]>('/v1/devices', { per_page: 100 }) });
  if (devices.isPending) return <Loading rows={1} />;
  if (devices.isError) return <Failed message={devices.error.message} again={() => void devices.refetch()} />;
  if (devices.data.length === 0) {
    return (
      <Waits>
        No device is claimed to you yet. <Link href="/devices">Add one</Link>, or use the simulated one.
      </Waits>
    );
  }
  const select = (id: string | null) => {
    const d = devices.data.find((device) => device.id === id);
    if (d) choose({ device: { id: d.id, name: d.name, platform: d.platform_id, simulated: false }, platform: d.platform_id });
    else choose({ device: undefined });
  };
  return (
    <Select
      label="My devices"
      placeholder="Choose a device"
      searchable
      clearable
      clearButtonProps={{ 'aria-label': 'Choose no device' }}
      data={devices.data.map((d) => ({ value: d.id, label: d.name ? `${d.name} (${d.id})` : d.id }))}
      value={choices.device && !choices.device.simulated ? choices.device.id : null}
      onChange={select}
      maw={420}
    />
  );
}

function SimulatedDevice() {
  const { choices, choose, refresh } = useDemo();
  const make = useMutation({
    mutationFn: async () => {
      choose({ device: await registerSimulated(choices.platform) });
      await refresh();
    },
    onError: tell.failure('The simulated device was not registered'),
  });
  return (
    <Group align="flex-end" gap="sm">
      <Select
        label="It behaves like"
        description="Boards that manage their own power tell of it in the data."
        data={pick}
        value={String(choices.platform)}
        onChange={(v) => choose({ platform: Number(v ?? 0), ...(choices.device?.simulated ? { device: { ...choices.device, platform: Number(v ?? 0) } } : {}) })}
        allowDeselect={false}
        w={300}
      />
      {!choices.device?.simulated && (
        <Button onClick={() => make.mutate()} loading={make.isPending}>
          Register a simulated device
        </Button>
      )}
    </Group>
  );
}

function Chosen() {
  const { choices, device } = useDemo();
  const d = choices.device;
  if (!d) return null;
  const product = device && device.product_id !== device.platform_id ? String(device.product_id) : 'none';
  const cells = [
    ['Device id', <Group key="id" gap={4} wrap="nowrap"><span className="fh-mono">{d.id}</span><Copy text={d.id} what="the device id" /></Group>],
    ['Device name', d.name ?? 'none'],
    ['Platform', d.simulated ? `Simulated ${platformName(d.platform)}` : platformName(d.platform)],
    ['Serial number', device?.serial_number ?? 'none'],
    ['Product id', product],
  ] as const;
  return (
    <Table withTableBorder layout="auto" aria-label="The chosen device">
      <Table.Tbody>
        {cells.map(([name, value]) => (
          <Table.Tr key={name}>
            <Table.Th scope="row" w={130}>
              {name}
            </Table.Th>
            <Table.Td>{value}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
