import { Tabs } from '@mantine/core';
import { IconLock } from '@tabler/icons-react';
import { useSession } from '../app/session';
import { Page } from '../kit/Page';
import { Empty } from '../kit/states';
import { useTab } from '../kit/useTab';
import { Hosts } from './Hosts';
import { Users } from './Users';

/** The hub as a whole: its people, and the hosts that are called. */
export default function AdminPage() {
  const { admin } = useSession();
  const [tab, setTab] = useTab(['users', 'hosts'] as const);
  return (
    <Page title="Administration" about="The hub as a whole.">
      {admin ? (
        <Tabs value={tab} onChange={setTab} keepMounted={false}>
          <Tabs.List mb="md">
            <Tabs.Tab value="users">Users</Tabs.Tab>
            <Tabs.Tab value="hosts">Hosts</Tabs.Tab>
          </Tabs.List>
          <Tabs.Panel value="users">
            <Users />
          </Tabs.Panel>
          <Tabs.Panel value="hosts">
            <Hosts />
          </Tabs.Panel>
        </Tabs>
      ) : (
        <Empty icon={IconLock} title="The administration is not open to you">
          It is for administrators of the hub.
        </Empty>
      )}
    </Page>
  );
}
