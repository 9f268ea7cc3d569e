import { Anchor, Button, Card, Group, SimpleGrid, Stack, Switch, Text, Textarea, TextInput, Title } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { api } from '../../api/client';
import type { Device, Schemas } from '../../api/types';
import { useMay } from '../../app/rights';
import { useScope } from '../../app/scope';
import { tell } from '../../kit/notify';
import { TimeText } from '../../kit/TimeText';
import { useSubmit } from '../../kit/useSubmit';
import { GroupsInput } from '../add/GroupsInput';
import { deviceApi, useRefreshDevices } from '../data';

/** What is known of a device, and what one may change of it. */
export function Facts({ device }: { device: Device }) {
  const product = useScope().kind === 'product';
  return (
    <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
      <Edit key={device.id} device={device} />
      <Stack>
        <Card withBorder component="section" aria-label="What is known">
          <Title order={2} size="h5" mb="sm">
            What is known
          </Title>
          <Known device={device} />
        </Card>
        {product && <Flags device={device} />}
      </Stack>
    </SimpleGrid>
  );
}

function valuesOf(d: Device) {
  return { name: d.name ?? '', notes: d.notes ?? '', serial_number: d.serial_number ?? '', groups: d.groups };
}

function Edit({ device }: { device: Device }) {
  const scope = useScope();
  const refresh = useRefreshDevices();
  const { may, why } = useMay()('devices:update');
  const form = useForm({ initialValues: valuesOf(device) });
  const { busy, failure, run } = useSubmit(form, ['name', 'notes', 'serial_number', 'groups']);
  const product = scope.kind === 'product';
  const save = form.onSubmit((v) =>
    void run(async () => {
      // Only what was changed here: what somebody else changed meanwhile stays.
      const all: Schemas['MemberChange'] = { ...v, serial_number: v.serial_number || null };
      const change = Object.fromEntries(Object.entries(all).filter(([key]) => form.isDirty(key)));
      const saved = await api.put<Device>(deviceApi(scope, device.id), change);
      form.setInitialValues(valuesOf(saved));
      form.setValues(valuesOf(saved));
      tell.done('Saved');
      await refresh();
    }),
  );
  return (
    <Card withBorder component="section" aria-label="Description">
      <form onSubmit={save}>
        <Stack gap="sm">
          <Title order={2} size="h5">
            Description
          </Title>
          <TextInput label="Name" readOnly={!may} {...form.getInputProps('name')} />
          {product && <TextInput label="Serial number" readOnly={!may} {...form.getInputProps('serial_number')} />}
          {product && <GroupsInput readOnly={!may} {...form.getInputProps('groups')} />}
          <Textarea label="Notes" autosize minRows={3} maxRows={10} readOnly={!may} {...form.getInputProps('notes')} />
          {failure && (
            <Text size="sm" c="red" role="alert">
              {failure}
            </Text>
          )}
          {may ? (
            <Group>
              <Button type="submit" loading={busy} disabled={!form.isDirty()}>
                Save
              </Button>
              {form.isDirty() && (
                <Button variant="default" onClick={() => form.reset()}>
                  Undo
                </Button>
              )}
            </Group>
          ) : (
            <Text size="sm" c="dimmed" mih={36}>
              {why}
            </Text>
          )}
        </Stack>
      </form>
    </Card>
  );
}

function Known({ device }: { device: Device }) {
  const facts: [string, ReactNode][] = [
    ['Owner', device.owner ?? 'Nobody has claimed it'],
    ['Product', device.product_id === device.platform_id ? 'In no product' : <ProductLink key="product" id={device.product_id} />],
    ['Platform', String(device.platform_id)],
    ['Last heard', <TimeText key="heard" at={device.last_heard} size="sm" />],
    ['Last address', device.last_ip_address ?? '–'],
    ['Firmware of the product', device.firmware_version ?? '–'],
    ['System firmware', device.system_firmware_version ?? '–'],
    ...(device.imei ? [['IMEI', device.imei] as [string, ReactNode]] : []),
    ...(device.iccid ? [['ICCID', device.iccid] as [string, ReactNode]] : []),
    ['Known since', <TimeText key="created" at={device.created_at} size="sm" />],
  ];
  return (
    <dl style={{ display: 'grid', gridTemplateColumns: 'minmax(120px, auto) 1fr', gap: '6px 16px', margin: 0 }}>
      {facts.map(([label, value]) => (
        <div key={label} style={{ display: 'contents' }}>
          <Text component="dt" size="sm" c="dimmed">
            {label}
          </Text>
          <Text component="dd" size="sm" m={0} style={{ overflowWrap: 'anywhere' }}>
            {value}
          </Text>
        </div>
      ))}
    </dl>
  );
}

function ProductLink({ id }: { id: number }) {
  return (
    <Anchor component={Link} href={`~/products/${id}/devices`} size="sm">
      {id}
    </Anchor>
  );
}

type Flag = 'development' | 'quarantined' | 'denied';

const flags: { key: Flag; label: string; about: string }[] = [
  { key: 'development', label: 'Development', about: 'A mark for devices on the bench.' },
  { key: 'quarantined', label: 'Quarantine', about: 'Its events are not those of the product: no integration of the product sees them.' },
  { key: 'denied', label: 'Denied', about: 'It may neither publish nor listen.' },
];

function Flags({ device }: { device: Device }) {
  const scope = useScope();
  const client = useQueryClient();
  const refresh = useRefreshDevices();
  const { may, why } = useMay()('devices:update');
  const { busy, failure, run } = useSubmit();
  const set = (key: Flag, value: boolean) =>
    void run(async () => {
      const change: Schemas['MemberChange'] = { [key]: value };
      const saved = await api.put<Device>(deviceApi(scope, device.id), change);
      client.setQueryData(['device', scope.api, device.id], saved);
      await refresh();
    });
  return (
    <Card withBorder component="section" aria-label="Flags">
      <Stack gap="sm">
        <Title order={2} size="h5">
          Flags
        </Title>
        {flags.map(({ key, label, about }) => (
          <Switch key={key} label={label} description={may ? about : `${about} ${why}`} checked={device[key]} disabled={!may || busy} onChange={(e) => set(key, e.currentTarget.checked)} />
        ))}
        {failure && (
          <Text size="sm" c="red" role="alert">
            {failure}
          </Text>
        )}
      </Stack>
    </Card>
  );
}
