import { Anchor, Box, Button, Grid, Group, Paper, Stack, Text, ThemeIcon } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { IconArrowDown, IconCheck } from '@tabler/icons-react';
import { type FocusEvent, type MouseEvent, useRef } from 'react';
import { tell } from '../kit/notify';
import { Page } from '../kit/Page';
import './tutorial.css';
import { AddCard } from './cards/AddCard';
import { CleanupCard } from './cards/CleanupCard';
import { DataCard } from './cards/DataCard';
import { DeviceCard } from './cards/DeviceCard';
import { EventsCard } from './cards/EventsCard';
import { ExplainerCard } from './cards/ExplainerCard';
import { FirmwareCard } from './cards/FirmwareCard';
import { ProductCard } from './cards/ProductCard';
import { StartCard } from './cards/StartCard';
import { TestCard } from './cards/TestCard';
import { TestingCard } from './cards/TestingCard';
import { WebhookCard } from './cards/WebhookCard';
import { type Demo, DemoProvider, useDemo } from './demo';
import { type PanelId, panels, titleOf } from './Panel';

/** The interactive webhook demo: twelve panels, from the device to the clean-up. */
export default function DemoPage() {
  return (
    <DemoProvider>
      <Page
        title="Webhook demo"
        about="An interactive tutorial: an event goes from a device through a webhook to a web service, the answer comes back, and you see each step. It works without any device."
      >
        <Panels />
      </Page>
    </DemoProvider>
  );
}

function Panels() {
  const lit = useLight();
  return (
    <Grid className="wd" gap="lg" {...lit}>
      <Grid.Col span={{ base: 12, lg: 3 }} order={{ base: 1, lg: 2 }}>
        <Box className="wd-panels">
          <Contents />
        </Box>
      </Grid.Col>
      <Grid.Col span={{ base: 12, lg: 9 }} order={{ base: 2, lg: 1 }} style={{ minWidth: 0 }}>
        <Stack gap="md">
          <DeviceCard />
          <ProductCard />
          <AddCard />
          <StartCard />
          <WebhookCard />
          <TestCard />
          <ExplainerCard />
          <DataCard />
          <EventsCard />
          <FirmwareCard />
          <TestingCard />
          <CleanupCard />
        </Stack>
      </Grid.Col>
    </Grid>
  );
}

/** Lights up, everywhere, the value that the pointer or the focus is on. Done on the element, because nothing else of the page depends on it. */
function useLight() {
  const ref = useRef<HTMLDivElement>(null);
  const light = (e: MouseEvent | FocusEvent) => {
    const mark = (e.target as HTMLElement).closest<HTMLElement>('[data-mark]')?.dataset['mark'];
    const pressed = ref.current?.querySelector<HTMLElement>('[aria-pressed="true"] [data-mark]')?.dataset['mark'];
    const shown = mark ?? pressed;
    if (!ref.current) return;
    if (shown) ref.current.dataset['lit'] = shown;
    else delete ref.current.dataset['lit'];
  };
  return { ref, onMouseOver: light, onFocus: light };
}

function doneOf(demo: Demo): Partial<Record<PanelId, boolean>> {
  return {
    device: Boolean(demo.choices.device),
    product: Boolean(demo.choices.product),
    add: demo.inProduct,
    start: Boolean(demo.server.session),
    webhook: demo.ready,
    test: demo.walks.length > 0,
    explainer: demo.walks.some((w) => w.results.length > 0),
  };
}

/** What to do next: the first of the necessary panels that is not done. */
function nextOf(demo: Demo): PanelId {
  const done = doneOf(demo);
  const needed: PanelId[] = demo.choices.device ? ['product', 'add', 'start', 'webhook', 'test', 'explainer'] : done.product ? ['start', 'webhook', 'test', 'explainer'] : ['device'];
  return needed.find((id) => !done[id]) ?? 'cleanup';
}

function Contents() {
  const demo = useDemo();
  const done = doneOf(demo);
  const next = nextOf(demo);
  const setUp = useMutation({ mutationFn: demo.setUp, onError: tell.failure('Not everything was set up') });
  return (
    <Paper withBorder p="md">
      <Stack gap="sm">
        <Button component="a" href={`#${next}`} fullWidth h="auto" py={8} justify="flex-start" leftSection={<IconArrowDown size={16} />} styles={{ label: { whiteSpace: 'normal', lineHeight: 1.3 } }}>
          Next: {titleOf(next)}
        </Button>
        {!demo.ready && (
          <Button variant="default" fullWidth loading={setUp.isPending} onClick={() => setUp.mutate()}>
            Set it all up for me
          </Button>
        )}
        <Stack gap={6} visibleFrom="lg" component="nav" aria-label="Panels of the demo">
          {panels.map(({ id, title }, i) => (
            <Group key={id} gap="xs" wrap="nowrap">
              <ThemeIcon size={22} radius="xl" variant={done[id] ? 'filled' : 'light'} aria-hidden>
                {done[id] ? (
                  <IconCheck size={14} />
                ) : (
                  <Text span size="xs">
                    {i + 1}
                  </Text>
                )}
              </ThemeIcon>
              <Anchor href={`#${id}`} size="sm" c={id === next ? undefined : 'var(--mantine-color-text)'} fw={id === next ? 650 : undefined} aria-current={id === next ? 'step' : undefined}>
                {title}
              </Anchor>
            </Group>
          ))}
        </Stack>
      </Stack>
    </Paper>
  );
}
