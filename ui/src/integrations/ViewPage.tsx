import { Badge, Button, Group, Menu, Stack, Tabs } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconArrowsRightLeft, IconDots, IconEdit, IconPlayerPause, IconPlayerPlay, IconTestPipe, IconTrash } from '@tabler/icons-react';
import { lazy, Suspense } from 'react';
import { Link, useLocation, useParams, useSearchParams } from 'wouter';
import { useMay } from '../app/rights';
import { useScope } from '../app/scope';
import { Confirm } from '../kit/Confirm';
import { tell } from '../kit/notify';
import { Page } from '../kit/Page';
import { Answered, Loading } from '../kit/states';
import { Allowed } from './Allowed';
import { SleepBadge, StatusBadge } from './Badges';
import { Calls } from './Calls';
import { hostAmong, type Opened, useChanges, useHosts, useIntegration } from './data';
import { eventOf, hostName, isOn, titleOf, typeText, urlOf } from './model';
import { Belongs } from './Separate';
import { Summary } from './Summary';
import { SettingsView } from './SettingsView';

const Again = lazy(() => import('./Again'));
const Firmware = lazy(() => import('./Firmware').then((m) => ({ default: m.Firmware })));
const TestDialog = lazy(() => import('./TestDialog').then((m) => ({ default: m.TestDialog })));
const CopyDialog = lazy(() => import('./CopyDialog').then((m) => ({ default: m.CopyDialog })));
const SignatureView = lazy(() => import('./SignatureView').then((m) => ({ default: m.SignatureView })));

/** One integration: what it does, how it goes, its calls, and what can be done with it. */
export default function ViewPage() {
  const id = useParams()['id'] ?? '';
  const opened = useIntegration(id);
  if (!opened.data) {
    return (
      <Page title="Integration" crumbs={crumbs}>
        <Answered query={opened} what="The integration" rows={10}>
          {() => null}
        </Answered>
      </Page>
    );
  }
  return <View at={opened.data} />;
}

const crumbs = [{ label: 'Integrations', href: '/integrations' }];

const tabs = [
  { value: 'overview', label: 'Overview' },
  { value: 'calls', label: 'Calls' },
  { value: 'replay', label: 'Replay' },
  { value: 'settings', label: 'Settings' },
  { value: 'firmware', label: 'Example firmware' },
  { value: 'signature', label: 'Signature' },
];

function View({ at }: { at: Opened }) {
  const scope = useScope();
  const [search, setSearch] = useSearchParams();
  const hosts = useHosts(at.api);
  const { integration } = at;
  const tab = tabs.find((t) => t.value === search.get('tab'))?.value ?? (search.get('call') ? 'calls' : 'overview');
  const choose = (value: string | null) => setSearch(value && value !== 'overview' ? { tab: value } : {});
  const elsewhere = at.from ? `~/orgs/${at.from}/integrations/webhooks/${integration.id}` : '';
  return (
    <Page
      title={titleOf(integration)}
      crumbs={crumbs}
      about={
        <Group gap={6} pt={4}>
          <StatusBadge off={isOn(integration.disabled)} />
          {integration.integration_type !== 'Webhook' && <Badge variant="light">{typeText(integration.integration_type)}</Badge>}
          <span className="fh-mono">
            {eventOf(integration)} → {integration.url ? `${integration.requestType ?? 'POST'} ` : ''}
            {urlOf(integration)}
          </span>
          <SleepBadge host={hostAmong(hosts.data, hostName(urlOf(integration)))} />
        </Group>
      }
      actions={<Actions at={at} edit={at.from ? `${elsewhere}/edit` : `/integrations/webhooks/${integration.id}/edit`} />}
    >
      {at.from && scope.kind === 'product' && <Belongs at={at} product={scope.product} edit={elsewhere} />}
      <Tabs value={tab} onChange={choose} keepMounted={false}>
        <Tabs.List>
          {tabs.map((t) => (
            <Tabs.Tab key={t.value} value={t.value}>
              {t.label}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Suspense fallback={<Loading rows={6} />}>
          <Stack pt="md">
            <Tabs.Panel value="overview">
              <Summary at={at} />
            </Tabs.Panel>
            <Tabs.Panel value="calls">
              <Calls at={at} />
            </Tabs.Panel>
            <Tabs.Panel value="replay">
              <Again at={at} />
            </Tabs.Panel>
            <Tabs.Panel value="settings">
              <SettingsView at={at} />
            </Tabs.Panel>
            <Tabs.Panel value="firmware">
              <Firmware at={at} />
            </Tabs.Panel>
            <Tabs.Panel value="signature">
              <SignatureView at={at} />
            </Tabs.Panel>
          </Stack>
        </Suspense>
      </Tabs>
    </Page>
  );
}

function Actions({ at, edit }: { at: Opened; edit: string }) {
  const [search, setSearch] = useSearchParams();
  const [, go] = useLocation();
  const { change, remove } = useChanges();
  const may = useMay();
  const [copying, copy] = useDisclosure();
  const [deleting, deletion] = useDisclosure();
  const testing = search.has('test');
  const test = (on: boolean) =>
    setSearch(
      (now) => {
        if (on) now.set('test', '');
        else now.delete('test');
        return now;
      },
      { replace: true },
    );
  const { integration } = at;
  const off = isOn(integration.disabled);
  const name = titleOf(integration);
  const turn = () =>
    change.mutate({ path: at.path, patch: { disabled: !off } }, { onSuccess: () => tell.done(off ? `${name} is enabled.` : `${name} is disabled.`), onError: tell.failure(off ? 'Not enabled' : 'Not disabled') });
  return (
    <>
      <Allowed at={at} action="integrations:test">
        <Button leftSection={<IconTestPipe size={16} />} onClick={() => test(true)}>
          Test
        </Button>
      </Allowed>
      <Allowed at={at} action="integrations:update">
        <Button component={Link} href={edit} variant="default" leftSection={<IconEdit size={16} />}>
          Edit
        </Button>
      </Allowed>
      <Allowed at={at} action="integrations:update">
        <Button variant="default" loading={change.isPending} leftSection={off ? <IconPlayerPlay size={16} /> : <IconPlayerPause size={16} />} onClick={turn}>
          {off ? 'Enable' : 'Disable'}
        </Button>
      </Allowed>
      {!at.from && (
        <Menu position="bottom-end">
          <Menu.Target>
            <Button variant="default" px="xs" aria-label="More actions">
              <IconDots size={18} />
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item leftSection={<IconArrowsRightLeft size={16} />} onClick={copy.open} disabled={!may('integrations:update').may}>
              Copy or move to…
            </Menu.Item>
            <Menu.Item color="red" leftSection={<IconTrash size={16} />} onClick={deletion.open} disabled={!may('integrations:delete').may}>
              Delete
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      )}
      <Suspense>
        {testing && <TestDialog opened onClose={() => test(false)} at={at} />}
        {copying && <CopyDialog opened onClose={copy.close} at={at} />}
      </Suspense>
      <Confirm
        opened={deleting}
        onClose={deletion.close}
        title={`Delete the integration ${name}?`}
        action="Delete"
        onConfirm={async () => {
          await remove.mutateAsync(at.path);
          tell.done(`${name} is deleted.`);
          go('/integrations');
        }}
      >
        Its history, recorded calls and dead letters go with it. Deliveries that wait are dropped. Events and devices stay.
      </Confirm>
    </>
  );
}
