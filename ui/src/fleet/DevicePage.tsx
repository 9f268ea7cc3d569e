import { Button, Group, Menu, Tabs } from '@mantine/core';
import { IconDots, IconWifi } from '@tabler/icons-react';
import { useState } from 'react';
import { useLocation, useParams } from 'wouter';
import { api } from '../api/client';
import type { Device, Schemas } from '../api/types';
import { useMay } from '../app/rights';
import { useScope } from '../app/scope';
import { Confirm } from '../kit/Confirm';
import { Copy } from '../kit/Copy';
import { Guard } from '../kit/Guard';
import { tell } from '../kit/notify';
import { Page } from '../kit/Page';
import { Answered } from '../kit/states';
import { useTab } from '../kit/useTab';
import { deviceApi, nameOf, useDevice, useRefreshDevices } from './data';
import { Credentials } from './device/Credentials';
import { DeviceEvents } from './device/DeviceEvents';
import { DeviceLedgers } from './device/DeviceLedgers';
import { Facts } from './device/Facts';
import { WebhookActivity } from './device/WebhookActivity';
import { Marks, Online } from './parts';
import { RemoveDevice } from './RemoveDevice';

const tabs = ['facts', 'events', 'webhooks', 'ledgers', 'credentials'] as const;

/** Everything about one device. */
export default function DevicePage() {
  const { id = '' } = useParams<{ id: string }>();
  const device = useDevice(id);
  const title = device.data ? nameOf(device.data) : 'Device';
  return (
    <Page
      title={title}
      crumbs={[{ label: 'Devices', href: '/devices' }]}
      about={device.data && <About device={device.data} />}
      actions={device.data && <Actions device={device.data} />}
    >
      <Answered query={device} what="The device" rows={8}>
        {(d) => <Parts key={d.id} device={d} />}
      </Answered>
    </Page>
  );
}

function About({ device }: { device: Device }) {
  return (
    <Group gap="xs" mt={4}>
      <Group gap={2} wrap="nowrap">
        <span className="fh-mono">{device.id}</span>
        <Copy text={device.id} what="the device id" />
      </Group>
      <Online online={device.online} />
      <Marks device={device} />
    </Group>
  );
}

function Parts({ device }: { device: Device }) {
  const [tab, setTab] = useTab(tabs);
  return (
    <Tabs value={tab} onChange={setTab} keepMounted={false}>
      <Tabs.List mb="md">
        <Tabs.Tab value="facts">Facts</Tabs.Tab>
        <Tabs.Tab value="events">Events</Tabs.Tab>
        <Tabs.Tab value="webhooks">Webhooks</Tabs.Tab>
        <Tabs.Tab value="ledgers">Ledgers</Tabs.Tab>
        <Tabs.Tab value="credentials">Credentials</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="facts">
        <Facts device={device} />
      </Tabs.Panel>
      <Tabs.Panel value="events">
        <DeviceEvents device={device} />
      </Tabs.Panel>
      <Tabs.Panel value="webhooks">
        <WebhookActivity device={device} />
      </Tabs.Panel>
      <Tabs.Panel value="ledgers">
        <DeviceLedgers device={device} />
      </Tabs.Panel>
      <Tabs.Panel value="credentials">
        <Credentials device={device} />
      </Tabs.Panel>
    </Tabs>
  );
}

type Asking = 'unclaim' | 'remove';

function Actions({ device }: { device: Device }) {
  const scope = useScope();
  const may = useMay();
  const refresh = useRefreshDevices();
  const [, go] = useLocation();
  const [asking, setAsking] = useState<Asking>();
  const [pinging, setPinging] = useState(false);
  const product = scope.kind === 'product';
  const path = deviceApi(scope, device.id);
  const ping = async () => {
    setPinging(true);
    try {
      const { online } = await api.put<Schemas['Pinged']>(`${path}/ping`, {});
      tell.done(online ? `${nameOf(device)} is online` : `${nameOf(device)} is offline: it holds no event stream open`);
      await refresh();
    } catch (error) {
      tell.failure('Not pinged')(error);
    } finally {
      setPinging(false);
    }
  };
  return (
    <>
      <Guard action="devices:ping">
        <Button variant="default" leftSection={<IconWifi size={16} />} loading={pinging} onClick={() => void ping()}>
          Ping
        </Button>
      </Guard>
      {may('devices:delete').may && (
        <Menu position="bottom-end" withinPortal width={230}>
          <Menu.Target>
            <Button variant="default" px="xs" aria-label="More actions">
              <IconDots size={18} />
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Label>Danger zone</Menu.Label>
            {product && device.owner && (
              <Menu.Item color="red" onClick={() => setAsking('unclaim')}>
                Unclaim from {device.owner}
              </Menu.Item>
            )}
            <Menu.Item color="red" onClick={() => setAsking('remove')}>
              {product ? `Remove from ${scope.label}` : 'Remove from my sandbox'}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      )}
      <Confirm
        opened={asking === 'unclaim'}
        onClose={() => setAsking(undefined)}
        title={`Unclaim ${nameOf(device)}?`}
        action="Unclaim"
        onConfirm={async () => {
          await api.delete(`${path}/owner`);
          tell.done(`${nameOf(device)} belongs to nobody now`);
          await refresh();
        }}
      >
        It is no longer {device.owner}&apos;s, and the tokens that its owner made for it end at once. It stays in {scope.label}.
      </Confirm>
      <RemoveDevice device={asking === 'remove' ? device : undefined} onClose={() => setAsking(undefined)} onRemoved={() => go('/devices', { replace: true })} />
    </>
  );
}
