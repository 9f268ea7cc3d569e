import { Alert, Box, Button, Card, Grid, Group, Stack, Tabs, Text, Title } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { IconAlertTriangle, IconBraces, IconForms } from '@tabler/icons-react';
import { useEffect, useReducer, useRef, useState } from 'react';
import { useLocation, useSearchParams } from 'wouter';
import { ApiFailure, messageOf, requestText } from '../api/client';
import type { Schemas } from '../api/types';
import { useScope } from '../app/scope';
import { useSession } from '../app/session';
import { Instructions } from '../gallery/Instructions';
import { Guard } from '../kit/Guard';
import { Page } from '../kit/Page';
import { tell } from '../kit/notify';
import { Basics } from './Basics';
import { Branded, isBranded } from './Branded';
import { BuilderProvider, type Note } from './context';
import { CustomTemplate } from './CustomTemplate';
import { Extra, opened } from './Extra';
import { type JsonObject, print } from './json';
import { abandon, begin, forget, keep, keptFor, LeaveGuard } from './leave';
import { changeOf, getText } from './mapping';
import { SavedProvider } from './original';
import { notesOf, patient, type Saved, usePreview } from './preview';
import { PreviewPanel } from './PreviewPanel';
import { type Sample, SampleProvider } from './sample';
import { change, same } from './state';
import './builder.css';

type Props = { start: JsonObject; saved?: Saved; sample: Sample['event']; /** The entry of the gallery that it began with. */ guide?: Schemas['GalleryEntry'] };

/** Writes an integration, as a form or as JSON, with a preview of what it would send. */
export function Builder({ start, saved, sample: first, guide }: Props) {
  const [draft, dispatch] = useReducer(change, { doc: start });
  const [sample, setSample] = useState<Sample>({ event: { ...first, data: first.data || 'test-event' } });
  const [refusal, setRefusal] = useState<{ doc: JsonObject; failure: unknown }>();
  const [search, setSearch] = useSearchParams();
  const [, go] = useLocation();
  const [open, setOpen] = useState(() => opened(start));
  const preview = usePreview(draft.doc, sample, saved, undefined, !draft.fault);
  const dirty = draft.fault !== undefined || !same(draft.doc, start);
  const refused = refusal?.doc === draft.doc ? refusal.failure : undefined;
  // Until somebody tries to save, empty fields are no faults.
  const shown = refusal || saved ? preview.data : patient(preview.data, draft.doc);
  const notes = notesOf(shown);
  const save = useSave(saved, dirty, draft.doc, (failure) => setRefusal({ doc: draft.doc, failure }));
  const tab = draft.fault || search.get('tab') === 'template' ? 'template' : 'builder';
  const show = (t: string | null) =>
    setSearch(
      (s) => {
        if (t === 'template') s.set('tab', t);
        else s.delete('tab');
        return s;
      },
      { replace: true },
    );
  const title = saved ? `Edit ${getText(start, 'name') || getText(start, 'event')}` : 'New integration';
  const crumbs = [{ label: 'Integrations', href: '/integrations' }, ...(saved ? [{ label: getText(start, 'name') || getText(start, 'event'), href: `/integrations/webhooks/${saved.id}` }] : [{ label: 'Gallery', href: '/integrations/gallery' }])];
  return (
    <BuilderProvider value={{ doc: draft.doc, dispatch, id: saved?.id, problems: [...notes.problems, ...noteOf(refused)], warnings: notes.warnings, hints: guide?.hints ?? {} }}>
      <SampleProvider value={{ ...sample, setSample }}>
        <SavedProvider value={saved}>
          <Page title={title} crumbs={crumbs}>
            <LeaveGuard dirty={dirty && !save.busy} />
            <Restore doc={draft.doc} restore={(doc) => dispatch({ kind: 'reset', doc })} />
            <Grid gap="lg">
              <Grid.Col span={{ base: 12, md: 7 }}>
                <Tabs value={tab} onChange={show} keepMounted={false}>
                  <Tabs.List mb="md">
                    <Tabs.Tab value="builder" leftSection={<Box visibleFrom="xs" lh={0}><IconForms size={16} /></Box>} disabled={draft.fault !== undefined}>
                      Webhook builder
                    </Tabs.Tab>
                    <Tabs.Tab value="template" leftSection={<Box visibleFrom="xs" lh={0}><IconBraces size={16} /></Box>}>
                      Custom template
                    </Tabs.Tab>
                  </Tabs.List>
                  {draft.fault && (
                    <Text size="sm" c="dimmed" mb="xs">
                      The builder opens again when the template is valid JSON.
                    </Text>
                  )}
                  <Tabs.Panel value="builder">
                    <Stack gap="lg">
                      <Card withBorder>{isBranded(getText(draft.doc, 'integration_type')) ? <Branded /> : <Basics />}</Card>
                      <Extra open={open} setOpen={setOpen} />
                    </Stack>
                  </Tabs.Panel>
                  <Tabs.Panel value="template">
                    <CustomTemplate draft={draft} />
                  </Tabs.Panel>
                </Tabs>
                {refused !== undefined && (
                  <Alert color="red" variant="light" mt="md" icon={<IconAlertTriangle />} title="Not saved" role="alert">
                    {messageOf(refused)}
                  </Alert>
                )}
                <Group mt="lg">
                  <Guard action={saved ? 'integrations:update' : 'integrations:create'}>
                    <Button onClick={() => void save.run()} loading={save.busy} disabled={draft.fault !== undefined}>
                      {saved ? 'Save' : isBranded(getText(draft.doc, 'integration_type')) ? 'Create integration' : 'Create webhook'}
                    </Button>
                  </Guard>
                  <Button
                    variant="default"
                    onClick={() => {
                      abandon();
                      go(saved ? `/integrations/webhooks/${saved.id}` : '/integrations');
                    }}
                  >
                    Cancel
                  </Button>
                </Group>
              </Grid.Col>
              <Grid.Col span={{ base: 12, md: 5 }}>
                <Stack className="fh-beside">
                  <PreviewPanel preview={draft.fault ? undefined : shown} error={preview.error} asking={preview.isFetching} />
                  {guide && <Guide entry={guide} />}
                </Stack>
              </Grid.Col>
            </Grid>
          </Page>
        </SavedProvider>
      </SampleProvider>
    </BuilderProvider>
  );
}

/** The instructions that the integration began with. */
function Guide({ entry }: { entry: Schemas['GalleryEntry'] }) {
  return (
    <Card withBorder component="section" aria-label={`Instructions for ${entry.name}`}>
      <Title order={2} size="h4" mb="xs">
        {entry.name}
      </Title>
      <Instructions source={entry.instructions} />
    </Card>
  );
}

/** A refusal that names a field, as a note there. */
function noteOf(failure: unknown): Note[] {
  return failure instanceof ApiFailure && failure.field ? [{ field: failure.field, message: failure.message }] : [];
}

/** Saves, tells the hub's warnings and goes on to the integration's page. */
function useSave(saved: Saved | undefined, dirty: boolean, doc: JsonObject, refused: (failure: unknown) => void) {
  const scope = useScope();
  const client = useQueryClient();
  const [, go] = useLocation();
  const [busy, setBusy] = useState(false);
  const key = useDraftKey();
  const now = useRef({ doc, dirty });
  useEffect(() => {
    now.current = { doc, dirty };
  });
  // Whoever leaves by the browser's own buttons finds the draft again.
  useEffect(() => {
    begin();
    return () => {
      if (now.current.dirty) keep(key, now.current.doc);
    };
  }, [key]);
  const run = async () => {
    setBusy(true);
    try {
      const answer = saved
        ? await requestText('PUT', `${scope.api}/integrations/${saved.id}`, print(changeOf(saved.doc, doc)))
        : await requestText('POST', `${scope.api}/integrations`, print(doc));
      const { id, warnings = [] } = JSON.parse(answer) as { id: string; warnings?: string[] };
      abandon();
      await client.invalidateQueries({ queryKey: ['integrations', scope.api], refetchType: 'none' });
      tell.done(saved ? 'Saved. It applies from now on.' : 'The integration is created.');
      warnings.forEach((w) => tell.warning('Saved with a warning', w));
      go(`/integrations/webhooks/${id}`);
    } catch (error) {
      refused(error);
      setBusy(false);
    }
  };
  return { run, busy };
}

/** Names the draft of this page and person. */
function useDraftKey(): string {
  const { id } = useSession();
  const [path] = useLocation();
  const [search] = useSearchParams();
  const what = ['template', 'from', 'event'].map((k) => search.get(k) ?? '').join('|');
  return `${id} ${useScope().api} ${path} ${what}`;
}

/** Offers what was written here before the page was left. */
function Restore({ doc, restore }: { doc: JsonObject; restore: (doc: JsonObject) => void }) {
  const [left, setLeft] = useState(keptFor(useDraftKey()));
  if (!left || same(left, doc)) return null;
  const end = () => {
    forget();
    setLeft(undefined);
  };
  return (
    <Alert role="note" variant="light" color="blue" title="You left this page with unsaved changes">
      <Group gap="xs">
        <Button
          size="xs"
          onClick={() => {
            restore(left);
            end();
          }}
        >
          Bring them back
        </Button>
        <Button size="xs" variant="default" onClick={end}>
          Forget them
        </Button>
      </Group>
    </Alert>
  );
}
