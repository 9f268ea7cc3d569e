import { Anchor, Button, Card, Group, Select, Stack, Text, TextInput } from '@mantine/core';
import { IconPlus, IconSearch } from '@tabler/icons-react';
import { Link, Redirect, useSearchParams } from 'wouter';
import type { Integration } from '../api/types';
import { useScope } from '../app/scope';
import { count } from '../kit/chart/chart';
import { Guard } from '../kit/Guard';
import { Page } from '../kit/Page';
import { Answered, Empty, Loading } from '../kit/states';
import { hostAmong, useCounters, useHosts, useInherited, useIntegrations } from './data';
import { IntegrationList } from './IntegrationList';
import { eventOf, hostName, matches, nothing, type Row, type Show, shows, urlOf } from './model';

/** The integrations of a scope with what became of their deliveries today. */
export default function ListPage() {
  const integrations = useIntegrations();
  return (
    <Page
      title="Integrations"
      about="What happens with events: each integration sends those whose name begins with its trigger to a web service."
      actions={
        <Guard action="integrations:create">
          <Button component={Link} href="/integrations/gallery" leftSection={<IconPlus size={16} />}>
            New integration
          </Button>
        </Guard>
      }
    >
      <Answered query={integrations} what="The list of integrations" rows={5}>
        {(all) => <Listed all={all} />}
      </Answered>
    </Page>
  );
}

const choices: { value: Show; label: string }[] = [
  { value: 'all', label: 'All' },
  { value: 'on', label: 'Enabled' },
  { value: 'off', label: 'Disabled' },
  { value: 'failing', label: 'With errors today' },
  { value: 'sleeping', label: 'Host asleep' },
];

function Listed({ all }: { all: Integration[] }) {
  const scope = useScope();
  const inherited = useInherited();
  const counters = useCounters(1);
  const hosts = useHosts(scope.api);
  const [search, setSearch] = useSearchParams();
  const text = search.get('search') ?? '';
  const show = choices.find((c) => c.value === search.get('show'))?.value ?? 'all';
  const set = (key: string, value: string) =>
    setSearch(
      (now) => {
        if (value) now.set(key, value);
        else now.delete(key);
        return now;
      },
      { replace: true },
    );
  const rows = all
    .map((integration): Row => ({ integration, today: counters.data?.get(integration.id)?.at(-1) ?? nothing, host: hostAmong(hosts.data, hostName(urlOf(integration))) }))
    .filter((row) => matches(row.integration, text.trim()) && shows(row, show));
  const more = inherited.data ?? [];
  // There is nothing to list: the next step is to choose something.
  if (all.length === 0 && more.length === 0) return inherited.isLoading ? <Loading rows={5} /> : <Redirect to="/integrations/gallery" replace />;
  return (
    <Stack gap="md">
      {all.length > 0 && (
        <Group gap="sm">
          <TextInput aria-label="Search integrations" placeholder="Name, event, URL" leftSection={<IconSearch size={16} />} value={text} onChange={(e) => set('search', e.currentTarget.value)} flex={{ base: '1 1 100%', xs: '0 1 280px' }} />
          <Select aria-label="Which integrations" data={choices} value={show} onChange={(v) => set('show', v && v !== 'all' ? v : '')} allowDeselect={false} w={190} />
          <Text size="sm" c="dimmed" role="status">
            {rows.length === all.length ? `${count(all.length)} in all` : `${count(rows.length)} of ${count(all.length)}`}
          </Text>
        </Group>
      )}
      {all.length > 0 && (rows.length > 0 ? <IntegrationList rows={rows} counted={counters.data !== undefined} /> : <Empty icon={IconSearch} title="No integration matches">Change the search or the filter above.</Empty>)}
      {more.length > 0 && scope.kind === 'product' && <Inherited all={more} org={scope.product.org ?? ''} />}
    </Stack>
  );
}

/** Integrations of the organization that this product triggers, too. */
function Inherited({ all, org }: { all: Integration[]; org: string }) {
  return (
    <Card withBorder padding="sm" component="section" aria-label="From the organization">
      <Text fw={600} component="h2" fz="md" m={0}>
        From the organization {org}
      </Text>
      <Text size="sm" c="dimmed" mb="xs">
        Events of this product trigger these, too.
      </Text>
      {all.map((i) => (
        <Group key={i.id} gap="sm" py={6} style={{ borderTop: '1px solid var(--mantine-color-default-border)' }}>
          <Anchor component={Link} href={`/integrations/webhooks/${i.id}`} fw={600} size="sm">
            {i.name || eventOf(i)}
          </Anchor>
          <Text size="sm" className="fh-mono">
            {eventOf(i)}
          </Text>
          <Text size="xs" c="dimmed" className="fh-mono">
            {urlOf(i)}
          </Text>
        </Group>
      ))}
    </Card>
  );
}
