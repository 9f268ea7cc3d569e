import { Alert, Anchor, Card, Group, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { IconPackages } from '@tabler/icons-react';
import { Link } from 'wouter';
import type { Call, Day, Schemas } from '../api/types';
import { useScope } from '../app/scope';
import { useScopes } from '../app/ScopeSwitcher';
import { CallLine } from './Calls';
import type { Opened } from './data';
import { LatencyChart, OutcomeChart, ProductHistory, Today } from './History';
import { HostCard } from './HostCard';
import { canonical, hostName, nothing, onDays, productName, settingsOf, urlOf } from './model';
import { describe } from './settings';
import { Setting } from './SettingsView';

/** How an integration goes: today, 30 days, its host, its last calls. */
export function Summary({ at }: { at: Opened }) {
  const scope = useScope();
  const { integration } = at;
  const all = integration.counters;
  // A product looks at its own share of the organization's integration.
  const share = at.from && scope.kind === 'product' ? integration.products?.find((p) => p.id === scope.product.id) : undefined;
  const dates = all.map((d) => d.date);
  const days = at.from && scope.kind === 'product' ? onDays(dates, share?.counters ?? []) : all;
  const logs = integration.logs;
  const page = `/integrations/webhooks/${integration.id}`;
  return (
    <Stack gap="md">
      {at.kind === 'organization' && !at.from && <RunsIn ids={integration.product_ids ?? []} id={integration.id} />}
      <Today day={days.at(-1) ?? nothing} />
      <Card withBorder padding="sm">
        <OutcomeChart days={days} title={at.kind === 'organization' && !at.from ? 'History of 30 days, all products' : 'History of 30 days'} order={2} />
      </Card>
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        <Card withBorder padding="sm">
          <LatencyChart days={days} />
        </Card>
        <Stack gap="md">
          <HostCard api={at.api} host={hostName(urlOf(integration))} />
          <AtAGlance at={at} />
        </Stack>
      </SimpleGrid>
      <SimpleGrid cols={{ base: 1, lg: 2 }}>
        <Recent page={page} title="Recent calls" calls={logs.filter((c) => c.type === 'success')} none="No success is recorded yet." type="success" />
        <Recent page={page} title="Recent errors" calls={logs.filter((c) => c.type === 'error')} none="No error is recorded." type="error" />
      </SimpleGrid>
      {at.kind === 'organization' && !at.from && <PerProduct integration={integration} dates={dates} />}
    </Stack>
  );
}

/** Names the products whose events trigger an organization's integration. */
function RunsIn({ ids, id }: { ids: number[]; id: string }) {
  const { products } = useScopes();
  return (
    <Alert variant="light" color={ids.length ? 'blue' : 'gray'} icon={<IconPackages />} title={ids.length ? 'Events of these products trigger it' : 'No product triggers it'}>
      {ids.length === 0 ? (
        'Edit the integration and choose the products where it will execute.'
      ) : (
        <Group gap="sm">
          {ids.map((product) => {
            const known = products.find((p) => p.id === product);
            return known ? (
              <Anchor key={product} component={Link} href={`~/products/${known.slug}/integrations/webhooks/${id}`} size="sm" fw={600} c="inherit">
                {known.name}
              </Anchor>
            ) : (
              <Text key={product} size="sm">
                {productName(products, product)}
              </Text>
            );
          })}
        </Group>
      )}
    </Alert>
  );
}

const glance = ['event', 'url', 'hub_name', 'topic', 'product_ids', 'responseTopic', 'retry', 'ordering'];

/** The settings that one looks for most. */
function AtAGlance({ at }: { at: Opened }) {
  const rows = describe(canonical(settingsOf(at.integration)), at.kind)
    .flatMap((g) => g.rows)
    .filter((row) => glance.includes(row.key));
  return (
    <Card withBorder padding="sm" component="section" aria-label="Settings">
      <Group justify="space-between">
        <Title order={3} size="h5">
          Settings
        </Title>
        <Anchor component={Link} href={`/integrations/webhooks/${at.integration.id}?tab=settings`} size="sm">
          All settings
        </Anchor>
      </Group>
      {rows.map(({ hint: _, ...row }) => (
        <Setting key={row.key} row={row} />
      ))}
    </Card>
  );
}

function Recent({ page, title, calls, none, type }: { page: string; title: string; calls: Call[]; none: string; type: 'success' | 'error' }) {
  return (
    <Card withBorder padding="sm" component="section" aria-label={title}>
      <Title order={3} size="h5" mb="xs">
        {title}
      </Title>
      {calls.length === 0 && (
        <Text size="sm" c="dimmed">
          {none}
        </Text>
      )}
      <Stack gap={2}>
        {calls.slice(0, 6).map((call) => (
          <Anchor key={call.id} component={Link} href={`${page}?tab=calls&call=${call.id}`} underline="hover" c="inherit" py={5} style={{ borderTop: '1px solid var(--mantine-color-default-border)' }}>
            <CallLine call={call} short />
          </Anchor>
        ))}
      </Stack>
      {calls.length > 0 && (
        <Anchor component={Link} href={`${page}?tab=calls&type=${type}`} size="sm" mt="xs">
          All {type === 'error' ? 'errors' : 'successes'}
        </Anchor>
      )}
    </Card>
  );
}

/** The history of each product that an organization's integration lists. */
function PerProduct({ integration, dates }: { integration: Schemas['IntegrationDetails']; dates: string[] }) {
  const { products } = useScopes();
  const counted = new Map<number, Day[]>(integration.products?.map((p) => [p.id, p.counters]));
  return (
    <Stack gap="sm">
      <Title order={2} size="h4">
        By product
      </Title>
      {(integration.product_ids ?? []).length === 0 && (
        <Text size="sm" c="dimmed">
          No product is chosen: edit the integration to choose some.
        </Text>
      )}
      <SimpleGrid cols={{ base: 1, lg: 2 }}>
        {(integration.product_ids ?? []).map((id) => (
          <ProductHistory key={id} title={<ProductTitle name={productName(products, id)} slug={products.find((p) => p.id === id)?.slug} integration={integration.id} />} days={onDays(dates, counted.get(id) ?? [])} />
        ))}
      </SimpleGrid>
    </Stack>
  );
}

function ProductTitle({ name, slug, integration }: { name: string; slug: string | undefined; integration: string }) {
  return (
    <Title order={3} size="h5">
      {slug ? (
        <Anchor component={Link} href={`~/products/${slug}/integrations/webhooks/${integration}`} fz="inherit" fw="inherit">
          {name}
        </Anchor>
      ) : (
        name
      )}
    </Title>
  );
}
