import { Anchor, Tabs } from '@mantine/core';
import { Link } from 'wouter';
import { useScope } from '../app/scope';
import { Page } from '../kit/Page';
import { useTab } from '../kit/useTab';
import { ApiUsers } from './ApiUsers';
import { Clients } from './Clients';
import { Customers } from './Customers';
import { Members } from './Members';

/** Who may do what in a product or an organization: people, programs and customers. */
export default function TeamPage() {
  const scope = useScope();
  const product = scope.kind === 'product';
  const [tab, setTab] = useTab(product ? (['members', 'api', 'clients', 'customers'] as const) : (['members', 'api'] as const));
  return (
    <Page
      title="Team"
      about={
        scope.kind === 'product' && scope.product.org ? (
          <>
            The members of the organization{' '}
            <Anchor component={Link} href={`~/orgs/${scope.product.org}/team`} size="sm">
              {scope.product.org}
            </Anchor>{' '}
            have their roles here, too.
          </>
        ) : (
          'Who may do what here.'
        )
      }
    >
      <Tabs value={tab} onChange={setTab} keepMounted={false}>
        <Tabs.List mb="md">
          <Tabs.Tab value="members">Members</Tabs.Tab>
          <Tabs.Tab value="api">API users</Tabs.Tab>
          {product && <Tabs.Tab value="clients">OAuth clients</Tabs.Tab>}
          {product && <Tabs.Tab value="customers">Customers</Tabs.Tab>}
        </Tabs.List>
        <Tabs.Panel value="members">
          <Members />
        </Tabs.Panel>
        <Tabs.Panel value="api">
          <ApiUsers />
        </Tabs.Panel>
        <Tabs.Panel value="clients">
          <Clients />
        </Tabs.Panel>
        <Tabs.Panel value="customers">
          <Customers />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}
