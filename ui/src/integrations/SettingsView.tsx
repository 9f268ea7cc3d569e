import { Anchor, Card, Group, Stack, Switch, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import { print } from '../builder/json';
import { readSettings } from '../builder/saved';
import { Copy } from '../kit/Copy';
import { Snippet } from '../kit/Snippet';
import { TimeText } from '../kit/TimeText';
import { useScopes } from '../app/ScopeSwitcher';
import { cover } from './cover';
import type { Opened } from './data';
import { canonical, productName, settingsOf } from './model';
import classes from './SettingsView.module.css';
import { describe, type SettingRow } from './settings';

/** All settings of an integration, readable and copyable. */
export function SettingsView({ at }: { at: Opened }) {
  const { integration, kind } = at;
  const [open, setOpen] = useState(false);
  const all = settingsOf(integration);
  const covered = cover(all);
  const settings = open ? all : covered;
  // The answer that the page has went through the browser's numbers; what is copied must not.
  const saved = useQuery({ queryKey: ['integrations', at.api, integration.id, 'written', integration.updated_at], queryFn: ({ signal }) => readSettings(at.api, integration.id, signal), staleTime: Infinity });
  const written = saved.data ? print(saved.data, true) : JSON.stringify(all, null, 2);
  const groups = describe(canonical(settings), kind);
  return (
    <Stack gap="md">
      {covered !== all && <Switch label="Show credentials" checked={open} onChange={(e) => setOpen(e.currentTarget.checked)} />}
      <div className={classes['columns']}>
        {groups.map((group) => (
          <Card key={group.title} withBorder padding="sm" component="section" aria-label={group.title}>
            <Title order={3} size="h5" mb={4}>
              {group.title}
            </Title>
            {group.title === 'Trigger' && kind === 'organization' && <Products ids={integration.product_ids ?? []} />}
            {group.rows.map((row) => (
              <Setting key={row.key} row={row} />
            ))}
          </Card>
        ))}
        <Card withBorder padding="sm" component="section" aria-label="About">
          <Title order={3} size="h5" mb={4}>
            About
          </Title>
          <Setting row={{ key: 'id', label: 'Id', text: integration.id }} copy />
          <Setting row={{ key: 'hookUrl', label: 'API', text: integration.hookUrl }} copy />
          <Pair label="Created">
            <TimeText at={integration.created_at} size="sm" />
          </Pair>
          <Pair label="Changed">
            <TimeText at={integration.updated_at} size="sm" />
          </Pair>
        </Card>
      </div>
      <Snippet title="Custom template" text={settings === all ? written : JSON.stringify(settings, null, 2)} copies={written} maxHeight={320} wrap />
    </Stack>
  );
}

function Products({ ids }: { ids: number[] }) {
  const { products } = useScopes();
  return (
    <Pair label="Products">
      {ids.length === 0 ? (
        <Text size="sm">None: nothing triggers it</Text>
      ) : (
        <Group gap={8}>
          {ids.map((id) => {
            const product = products.find((p) => p.id === id);
            return product ? (
              <Anchor key={id} size="sm" component={Link} href={`~/products/${product.slug}/integrations`}>
                {product.name}
              </Anchor>
            ) : (
              <Text key={id} size="sm">
                {productName(products, id)}
              </Text>
            );
          })}
        </Group>
      )}
    </Pair>
  );
}

/** One setting; several lines have a box of their own. */
export function Setting({ row, copy }: { row: SettingRow; copy?: boolean }) {
  if (row.code && (row.text.includes('\n') || row.text.length > 60)) {
    return (
      <Stack gap={4} py={6}>
        <Snippet title={row.label} text={row.text} wrap maxHeight={260} />
      </Stack>
    );
  }
  return (
    <Pair label={row.label} {...(row.hint ? { hint: row.hint } : {})}>
      <Text size="sm" className={row.code || copy ? 'fh-mono' : ''} style={{ overflowWrap: 'anywhere' }}>
        {row.text}
      </Text>
      {(row.code || copy || row.key === 'event') && <Copy text={row.text} what={`the ${row.label.toLowerCase()}`} />}
    </Pair>
  );
}

function Pair({ label, hint, children }: { label: string; hint?: string; children: React.ReactNode }) {
  return (
    <Group py={5} gap="sm" align="flex-start" wrap="nowrap" style={{ borderTop: '1px solid var(--mantine-color-default-border)' }}>
      <Text size="sm" c="dimmed" w={130} style={{ flexShrink: 0 }}>
        {label}
      </Text>
      <div style={{ minWidth: 0, flex: 1 }}>
        <Group gap={4} wrap="nowrap" align="flex-start">
          {children}
        </Group>
        {hint && (
          <Text size="xs" c="dimmed">
            {hint}
          </Text>
        )}
      </div>
    </Group>
  );
}
