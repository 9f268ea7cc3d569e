import { Badge, Group, Stack, Tabs, Text } from '@mantine/core';
import { useParams, useSearchParams } from 'wouter';
import { Page } from '../kit/Page';
import { Answered } from '../kit/states';
import { type Ledger, useLedger } from './data';
import { HowTo } from './HowTo';
import { InstanceEditor } from './InstanceEditor';
import { Instances } from './Instances';
import { LedgerSettings } from './LedgerSettings';
import { aboutDirection, aboutScope } from './words';

/** A ledger: its instances, how templates read them, and its settings. */
export default function LedgerPage() {
  const { name = '' } = useParams<{ name: string }>();
  const ledger = useLedger(name);
  return (
    <Page title={name} crumbs={[{ label: 'Ledgers', href: '/ledgers' }]} about={ledger.data && <About ledger={ledger.data} />}>
      <Answered query={ledger} what="The ledger" rows={6}>
        {(l) => <Parts ledger={l} />}
      </Answered>
    </Page>
  );
}

function About({ ledger }: { ledger: Ledger }) {
  return (
    <Stack gap={6} mt={4}>
      {ledger.description && <Text size="sm">{ledger.description}</Text>}
      <Group gap="xs">
        <Badge variant="light" tt="none" title={aboutScope[ledger.scope]}>
          {ledger.scope}
        </Badge>
        {ledger.direction && (
          <Badge variant="light" color="gray" tt="none" title={aboutDirection(ledger.direction)}>
            {ledger.direction}
          </Badge>
        )}
        {ledger.archived && (
          <Badge variant="light" color="orange" tt="none">
            Archived
          </Badge>
        )}
      </Group>
    </Stack>
  );
}

function Parts({ ledger }: { ledger: Ledger }) {
  const [params, setParams] = useSearchParams();
  const instance = params.get('instance');
  const tab = ['use', 'settings'].find((t) => t === params.get('tab')) ?? 'instances';
  if (instance) return <InstanceEditor key={instance} ledger={ledger} value={instance} onClose={() => setParams({})} />;
  return (
    <Tabs value={tab} onChange={(t) => setParams(t && t !== 'instances' ? { tab: t } : {})} keepMounted={false}>
      <Tabs.List mb="md">
        <Tabs.Tab value="instances">Instances</Tabs.Tab>
        <Tabs.Tab value="use">In templates</Tabs.Tab>
        <Tabs.Tab value="settings">Settings</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="instances">
        <Instances ledger={ledger} open={(value) => setParams({ instance: value })} />
      </Tabs.Panel>
      <Tabs.Panel value="use">
        <HowTo ledger={ledger} />
      </Tabs.Panel>
      <Tabs.Panel value="settings">
        <LedgerSettings ledger={ledger} />
      </Tabs.Panel>
    </Tabs>
  );
}
