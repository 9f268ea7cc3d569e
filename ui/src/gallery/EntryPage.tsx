import { Anchor, Button, Card, Grid, Group, Image, Select, Stack, Tabs, Text, TextInput, Title } from '@mantine/core';
import { IconArrowRight, IconExternalLink } from '@tabler/icons-react';
import { useState } from 'react';
import { Link, useLocation, useParams } from 'wouter';
import type { Schemas } from '../api/types';
import { useScope } from '../app/scope';
import { handOver } from '../builder/handover';
import { useSecrets } from '../builder/secrets';
import type { JsonObject } from '../builder/json';
import { tag } from '../builder/variables';
import { Guard } from '../kit/Guard';
import { Page } from '../kit/Page';
import { Snippet } from '../kit/Snippet';
import { Answered } from '../kit/states';
import { fill, missing } from './fill';
import { type Entry, logoOf, useEntry } from './gallery';
import { Instructions } from './Instructions';
import './gallery.css';

type Param = Schemas['GalleryParam'];

/** An entry of the gallery: what it needs, and how to get it. */
export default function EntryPage() {
  const id = useParams()['id'] ?? '';
  const query = useEntry(id);
  const crumbs = [
    { label: 'Integrations', href: '/integrations' },
    { label: 'Gallery', href: '/integrations/gallery' },
  ];
  return (
    <Page title={query.data?.entry.name ?? 'Gallery'} crumbs={crumbs} about={query.data?.entry.summary}>
      <Answered query={query} what="This entry of the gallery" rows={8}>
        {({ entry, template }) => (
          <Grid gap="lg">
            <Grid.Col span={{ base: 12, md: 6 }}>
              <Parameters key={entry.id} entry={entry} template={template} />
            </Grid.Col>
            <Grid.Col span={{ base: 12, md: 6 }}>
              <About entry={entry} />
            </Grid.Col>
          </Grid>
        )}
      </Answered>
    </Page>
  );
}

function Parameters({ entry, template }: { entry: Entry; template: JsonObject }) {
  const [values, setValues] = useState<Record<string, string>>({});
  const [tried, setTried] = useState(false);
  const [, go] = useLocation();
  const lacking = missing(entry.params, values);
  const goOn = () => {
    setTried(true);
    if (lacking.length > 0) return document.getElementById(`param-${lacking[0]?.key}`)?.focus();
    handOver({ template: entry.id, doc: fill(template, entry.params, values), entry });
    go(`/integrations/webhooks/create?template=${encodeURIComponent(entry.id)}`);
  };
  return (
    <Card withBorder component="section" aria-label="Parameters">
      <form
        onSubmit={(e) => {
          e.preventDefault();
          goOn();
        }}
      >
        <Stack>
          <Group gap="sm">
            <Image src={logoOf(entry.id)} alt="" w={40} h={40} />
            <Title order={2} size="h4">
              Parameters
            </Title>
          </Group>
          {entry.params.length === 0 && (
            <Text size="sm" c="dimmed">
              This one needs nothing beforehand.
            </Text>
          )}
          {entry.params.map((p) => (
            <ParamField key={p.key} param={p} value={values[p.key] ?? ''} set={(v) => setValues((all) => ({ ...all, [p.key]: v }))} wrong={tried && lacking.includes(p) ? 'This is needed.' : undefined} />
          ))}
          <Group>
            <Guard action="integrations:create">
              <Button type="submit" rightSection={<IconArrowRight size={16} />}>
                Continue in the builder
              </Button>
            </Guard>
            <Text size="xs" c="dimmed">
              Nothing is saved yet.
            </Text>
          </Group>
        </Stack>
      </form>
    </Card>
  );
}

type ParamProps = { param: Param; value: string; set: (v: string) => void; wrong: string | undefined };

function ParamField({ param: p, value, set, wrong }: ParamProps) {
  return (
    <Stack gap={6}>
      <TextInput
        id={`param-${p.key}`}
        label={p.label}
        description={p.help}
        placeholder={p.default ?? p.example}
        withAsterisk={p.required && !p.default}
        value={value}
        error={wrong}
        autoComplete="off"
        spellCheck={false}
        onChange={(e) => set(e.currentTarget.value)}
      />
      {p.secret && <SecretChoice label={p.label} value={value} set={set} />}
    </Stack>
  );
}

/** A secret of the scope in place of the value itself. */
function SecretChoice({ label, value, set }: { label: string; value: string; set: (v: string) => void }) {
  const secrets = useSecrets(useScope());
  const names = secrets.data ?? [];
  const chosen = names.find((n) => tag(n) === value.trim()) ?? null;
  return (
    <Group gap="xs">
      <Select
        size="xs"
        aria-label={`Secret for ${label}`}
        placeholder={names.length > 0 ? 'Take it from a secret' : 'No secrets yet'}
        data={names}
        value={chosen}
        clearable
        searchable
        style={{ flex: '1 1 160px' }}
        onDropdownOpen={() => void secrets.refetch()}
        onChange={(name) => set(name ? tag(name) : '')}
      />
      <Anchor component={Link} href="/secrets" target="_blank" size="xs">
        Create a secret in a new tab
      </Anchor>
    </Group>
  );
}

function About({ entry }: { entry: Entry }) {
  return (
    <Card withBorder component="section" aria-label="Instructions">
      <Tabs defaultValue="instructions" keepMounted={false}>
        <Tabs.List mb="sm">
          <Tabs.Tab value="instructions">Instructions</Tabs.Tab>
          <Tabs.Tab value="sample">Sample event</Tabs.Tab>
          <Tabs.Tab value="firmware">Device firmware</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="instructions">
          <Instructions source={entry.instructions} />
          {entry.links.length > 0 && (
            <Stack gap={4} mt="sm">
              {entry.links.map((l) => (
                <Anchor key={l.url} href={l.url} target="_blank" rel="noreferrer" size="sm">
                  <Group gap={4} wrap="nowrap" component="span">
                    <IconExternalLink size={14} aria-hidden />
                    {l.label}
                  </Group>
                </Anchor>
              ))}
            </Stack>
          )}
          <Text size="xs" c="dimmed" mt="sm">
            {entry.source === 'documented' ? 'Its settings follow what is published for device clouds.' : "Its settings are made from the service's own description; check them against it."}
          </Text>
        </Tabs.Panel>
        <Tabs.Panel value="sample">
          <Stack gap="xs">
            <Text size="sm">
              Name: <b>{entry.sample_event.name}</b>
            </Text>
            <Snippet title="Data" text={entry.sample_event.data} wrap />
          </Stack>
        </Tabs.Panel>
        <Tabs.Panel value="firmware">
          <Snippet title="Device OS program" text={entry.firmware} maxHeight={560} />
        </Tabs.Panel>
      </Tabs>
    </Card>
  );
}
