import { Card, Group, Image, Pill, SimpleGrid, Skeleton, Stack, Text, TextInput, Title, UnstyledButton } from '@mantine/core';
import { IconSearch, IconSearchOff, IconWebhook } from '@tabler/icons-react';
import { Link, useSearchParams } from 'wouter';
import { Page } from '../kit/Page';
import { Denied, Empty } from '../kit/states';
import type { Schemas } from '../api/types';
import { type Entry, found, logoOf, useGallery } from './gallery';
import './gallery.css';

/** Ready-made integrations to choose from. */
export default function GalleryPage() {
  const query = useGallery();
  return (
    <Page title="Integration gallery" crumbs={[{ label: 'Integrations', href: '/integrations' }]} about="Choose a service, fill in what it needs, and events go there. Or write a webhook of your own.">
      {query.data ? <Shelf gallery={query.data} /> : query.isPending ? <Waiting /> : <Denied what="The gallery" error={query.error} again={() => void query.refetch()} />}
    </Page>
  );
}

function Waiting() {
  return (
    <Stack role="status" aria-label="Loading">
      <Skeleton height={36} maw={420} />
      <Skeleton height={26} maw={620} />
      <SimpleGrid cols={{ base: 1, xs: 2, md: 3, lg: 4 }}>
        {Array.from({ length: 12 }, (_, i) => (
          <Skeleton key={i} height={132} radius="md" />
        ))}
      </SimpleGrid>
    </Stack>
  );
}

function Shelf({ gallery }: { gallery: Schemas['Gallery'] }) {
  const [params, setParams] = useSearchParams();
  const search = params.get('search') ?? '';
  const category = params.get('category') ?? '';
  const set = (key: string, value: string) =>
    setParams(
      (p) => {
        if (value) p.set(key, value);
        else p.delete(key);
        return p;
      },
      { replace: true },
    );
  const entries = found(gallery.entries, search, category).filter((e) => e.id !== 'custom-webhook');
  const categories = [{ id: '', name: 'All' }, ...gallery.categories.filter((c) => gallery.entries.some((e) => e.category === c.id && e.id !== 'custom-webhook'))];
  return (
    <Stack>
      <TextInput aria-label="Search the gallery" placeholder="Search the gallery" leftSection={<IconSearch size={16} />} value={search} onChange={(e) => set('search', e.currentTarget.value)} maw={420} />
      <Group gap={6} role="group" aria-label="Categories">
        {categories.map((c) => (
          <UnstyledButton key={c.id} onClick={() => set('category', c.id)} aria-pressed={category === c.id} className="fh-category">
            <Pill size="md" styles={{ root: { cursor: 'pointer' } }} {...(category === c.id ? { bg: 'field.9', c: 'white' } : {})}>
              {c.name}
            </Pill>
          </UnstyledButton>
        ))}
      </Group>
      <SimpleGrid cols={{ base: 1, xs: 2, md: 3, lg: 4 }} component="ul" m={0} p={0} style={{ listStyle: 'none' }}>
        <Custom />
        {entries.map((e) => (
          <EntryCard key={e.id} entry={e} category={gallery.categories.find((c) => c.id === e.category)?.name ?? ''} />
        ))}
      </SimpleGrid>
      {entries.length === 0 && (
        <Empty icon={IconSearchOff} title="Nothing in the gallery is called so">
          Any web service can be reached by a custom webhook.
        </Empty>
      )}
    </Stack>
  );
}

function Custom() {
  return (
    <li>
      <Card withBorder h="100%" component={Link} href="/integrations/webhooks/create" className="fh-card" aria-label="Custom webhook: start now">
        <Group gap="sm" wrap="nowrap" align="flex-start">
          <IconWebhook size={40} stroke={1.4} aria-hidden />
          <div>
            <Title order={2} size="h5">
              Custom webhook
            </Title>
            <Text size="xs" c="dimmed">
              General
            </Text>
          </div>
        </Group>
        <Text size="sm" mt="sm">
          A request of your own making to any web service.
        </Text>
        <Start />
      </Card>
    </li>
  );
}

function EntryCard({ entry, category }: { entry: Entry; category: string }) {
  return (
    <li>
      <Card withBorder h="100%" component={Link} href={`/integrations/gallery/${entry.id}`} className="fh-card" aria-label={`${entry.name}: start now`}>
        <Group gap="sm" wrap="nowrap" align="flex-start">
          <Image src={logoOf(entry.id)} alt="" w={40} h={40} loading="lazy" />
          <div style={{ minWidth: 0 }}>
            <Title order={2} size="h5">
              {entry.name}
            </Title>
            <Text size="xs" c="dimmed">
              {category}
            </Text>
          </div>
        </Group>
        <Text size="sm" mt="sm">
          {entry.summary}
        </Text>
        <Start />
      </Card>
    </li>
  );
}

function Start() {
  return (
    <Text size="sm" fw={600} c="field" mt="auto" pt="xs">
      Start now
    </Text>
  );
}
