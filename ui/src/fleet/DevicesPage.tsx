import { Button, Checkbox, Group, Select, Stack, Tabs, Text } from '@mantine/core';
import { IconCpu, IconFileImport, IconPlus } from '@tabler/icons-react';
import { Link, useSearchParams } from 'wouter';
import { useMay } from '../app/rights';
import { useScope } from '../app/scope';
import { Guard } from '../kit/Guard';
import { Page } from '../kit/Page';
import { Denied, Empty } from '../kit/states';
import { Pager } from '../kit/table/Pager';
import { Search } from '../kit/table/Search';
import { useTableView } from '../kit/table/useTableView';
import { AddDevice } from './add/AddDevice';
import { useDevices, useGroups, usualView } from './data';
import { DeviceTable } from './DeviceTable';
import { GroupsPanel } from './GroupsPanel';

/** The devices of the sandbox or of a product, and a product's groups. */
export default function DevicesPage() {
  const scope = useScope();
  const [params, setParams] = useSearchParams();
  const put = (key: string, value: string | undefined) =>
    setParams((old) => {
      const next = new URLSearchParams(old);
      if (key !== 'add') next.delete('page'); // another filter begins at its first page; a dialog leaves the list as it is
      if (value) next.set(key, value);
      else next.delete(key);
      return next;
    });
  const product = scope.kind === 'product';
  const { may } = useMay()('devices:create');
  const tab = product && params.get('tab') === 'groups' ? 'groups' : 'list';
  const list = <DeviceList group={params.get('group') ?? ''} quarantined={params.has('quarantined')} put={put} />;
  return (
    <Page
      title="Devices"
      about={product ? `The fleet of ${scope.label}.` : 'The devices that are claimed to you.'}
      actions={
        <>
          {product && (
            <Guard action="devices:create">
              <Button component={Link} href="/devices/import" variant="default" leftSection={<IconFileImport size={16} />}>
                Import
              </Button>
            </Guard>
          )}
          <Guard action="devices:create">
            <Button leftSection={<IconPlus size={16} />} onClick={() => put('add', 'register')}>
              Add a device
            </Button>
          </Guard>
        </>
      }
    >
      {product ? (
        <Tabs value={tab} onChange={(t) => put('tab', t === 'groups' ? 'groups' : undefined)} keepMounted={false}>
          <Tabs.List mb="md">
            <Tabs.Tab value="list">Devices</Tabs.Tab>
            <Tabs.Tab value="groups">Groups</Tabs.Tab>
          </Tabs.List>
          <Tabs.Panel value="list">{list}</Tabs.Panel>
          <Tabs.Panel value="groups">
            <GroupsPanel show={(group) => setParams({ group })} />
          </Tabs.Panel>
        </Tabs>
      ) : (
        list
      )}
      <AddDevice way={may ? params.get('add') : null} setWay={(way) => put('add', way)} />
    </Page>
  );
}

type ListProps = { group: string; quarantined: boolean; put: (key: string, value: string | undefined) => void };

function DeviceList({ group, quarantined, put }: ListProps) {
  const scope = useScope();
  const [view, change] = useTableView(usualView);
  const groups = useGroups();
  const found = useDevices(view, { group, quarantined });
  if (found.error) return <Denied what="The list of devices" error={found.error} again={found.refetch} />;
  const filtered = Boolean(view.search || group || quarantined);
  if (found.total === 0 && !filtered) return <NoDevices add={() => put('add', 'register')} />;
  const names = [...new Set([...(groups.data ?? []).map((g) => g.name), ...(group ? [group] : [])])];
  return (
    <Stack gap="sm">
      <Group gap="sm">
        <Search view={view} change={change} label="Search devices" />
        {scope.kind === 'product' && (
          <>
            <Select aria-label="Group" placeholder="All groups" clearable searchable data={names} value={group || null} onChange={(g) => put('group', g ?? undefined)} w={170} nothingFoundMessage="No such group" />
            <Checkbox label="In quarantine" checked={quarantined} onChange={(e) => put('quarantined', e.currentTarget.checked ? '1' : undefined)} />
          </>
        )}
      </Group>
      {found.total === 0 ? (
        <Empty icon={IconCpu} title="No device is like that">
          Search for a part of the name, the id or the serial number, or take a filter away.
        </Empty>
      ) : (
        <DeviceTable rows={found.rows} view={view} change={change} stale={found.stale} />
      )}
      <Pager view={view} change={change} total={found.total} what="Devices" />
    </Stack>
  );
}

function NoDevices({ add }: { add: () => void }) {
  const product = useScope().kind === 'product';
  return (
    <Empty
      icon={IconCpu}
      title="No devices yet"
      action={
        <>
          <Guard action="devices:create">
            <Button leftSection={<IconPlus size={16} />} onClick={add}>
              Add the first device
            </Button>
          </Guard>
          {product && (
            <Guard action="devices:create">
              <Button component={Link} href="/devices/import" variant="default">
                Import a list
              </Button>
            </Guard>
          )}
        </>
      }
    >
      <Text size="sm">A device is whatever publishes events with a token of its own: a board, a gateway or a script.</Text>
    </Empty>
  );
}
