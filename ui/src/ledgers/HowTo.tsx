import { Card, Code, Group, Stack, Text, Title } from '@mantine/core';
import { Copy } from '../kit/Copy';
import { Snippet } from '../kit/Snippet';
import type { Ledger } from './data';
import { aboutScope } from './words';

/** How templates of integrations read a ledger. */
export function HowTo({ ledger }: { ledger: Ledger }) {
  const name = `LEDGER.${ledger.name}`;
  return (
    <Stack maw={720}>
      <Text size="sm">
        Every setting of an integration that is a template can read a member of the document: <Code>{`{{{${name}.member}}}`}</Code>. {aboutScope[ledger.scope]} What does not exist is empty.
      </Text>
      <Snippet title="JSON body of a webhook" text={`{\n  "serial": "{{{${name}.serial}}}",\n  "value": {{{PARTICLE_EVENT_VALUE}}}\n}`} />
      <Snippet title="Members of members, and items of a list" text={`{{{${name}.site.rooms.0.name}}}`} />
      <Snippet title="A list, item by item" text={`{{#${name}.rooms}}{{name}} {{/${name}.rooms}}`} />
      <Snippet title="A part of the document as JSON" text={`{{{JSON:${name}.rooms}}}`} />
      <Text size="sm" c="dimmed">
        Each attempt uses the data as it is then. Records of calls show it: what nobody should see belongs into a secret.
      </Text>
    </Stack>
  );
}

/** The tags of a document's members, ready to copy. */
export function Tags({ tags }: { tags: string[] }) {
  if (tags.length === 0) return null;
  return (
    <Card withBorder component="section" aria-label="In templates">
      <Stack gap={4}>
        <Title order={2} size="h5">
          In templates
        </Title>
        {tags.map((tag) => (
          <Group key={tag} gap={4} wrap="nowrap">
            <span className="fh-mono">{tag}</span>
            <Copy text={tag} what={tag} />
          </Group>
        ))}
      </Stack>
    </Card>
  );
}
