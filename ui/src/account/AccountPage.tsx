import { Tabs } from '@mantine/core';
import { useSession } from '../app/session';
import { Page } from '../kit/Page';
import { useTab } from '../kit/useTab';
import { Clients } from '../team/Clients';
import { Appearance } from './Appearance';
import { Profile } from './Profile';
import { Tokens } from './Tokens';

const tabs = ['profile', 'tokens', 'clients', 'appearance'] as const;

/** One's own account. */
export default function AccountPage() {
  const [tab, setTab] = useTab(tabs);
  const { username } = useSession();
  return (
    <Page title="Account" about={username}>
      <Tabs value={tab} onChange={setTab} keepMounted={false}>
        <Tabs.List mb="md">
          <Tabs.Tab value="profile">Profile</Tabs.Tab>
          <Tabs.Tab value="tokens">Tokens</Tabs.Tab>
          <Tabs.Tab value="clients">OAuth clients</Tabs.Tab>
          <Tabs.Tab value="appearance">Appearance</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="profile">
          <Profile />
        </Tabs.Panel>
        <Tabs.Panel value="tokens">
          <Tokens />
        </Tabs.Panel>
        <Tabs.Panel value="clients">
          <Clients />
        </Tabs.Panel>
        <Tabs.Panel value="appearance">
          <Appearance />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}
