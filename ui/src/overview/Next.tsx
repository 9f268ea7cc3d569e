import { Anchor, Button, Card, Group, SimpleGrid, Stack, Text, ThemeIcon, Title } from '@mantine/core';
import { IconCheck, IconCircleDashed, IconSchool } from '@tabler/icons-react';
import { Link } from 'wouter';
import { navigation } from '../app/nav';
import { useScope } from '../app/scope';
import type { Step } from './figures';

type Props = { steps: Step[]; demo: boolean; publish: () => void };

/** What comes next, for as long as something of it is not done. */
export function Next({ steps, demo, publish }: Props) {
  const done = steps.filter((s) => s.done).length;
  return (
    <Card withBorder padding="md" component="section" aria-label="What comes next">
      <Group justify="space-between" mb="sm">
        <Title order={2} size="h4">
          What comes next
        </Title>
        <Text size="sm" c="dimmed">
          {done} of {steps.length} done
        </Text>
      </Group>
      <Stack gap={0}>
        {steps.map((step) => (
          <Line key={step.id} step={step} publish={publish} />
        ))}
      </Stack>
      {demo && (
        <Group gap="sm" pt="sm" wrap="nowrap" style={{ borderTop: '1px solid var(--mantine-color-default-border)' }}>
          <IconSchool size={20} stroke={1.6} aria-hidden style={{ flexShrink: 0 }} />
          <Text size="sm">
            New to webhooks? The{' '}
            <Anchor component={Link} href="/demo">
              interactive demo
            </Anchor>{' '}
            shows each step from event to answer, without any device.
          </Text>
        </Group>
      )}
    </Card>
  );
}

function Line({ step, publish }: { step: Step; publish: () => void }) {
  return (
    <Group gap="sm" py="xs" wrap="nowrap" align="flex-start" style={{ borderTop: '1px solid var(--mantine-color-default-border)' }}>
      <ThemeIcon variant={step.done ? 'filled' : 'light'} color={step.done ? 'field' : 'gray'} radius="xl" size={28} role="img" aria-label={step.done ? 'Done' : 'Not done yet'}>
        {step.done ? <IconCheck size={16} /> : <IconCircleDashed size={16} />}
      </ThemeIcon>
      <Group justify="space-between" gap="xs" style={{ flex: 1 }}>
        <div>
          <Text size="sm" fw={600} {...(step.done ? { td: 'line-through', c: 'dimmed' } : {})}>
            {step.title}
          </Text>
          {!step.done && (
            <Text size="sm" c="dimmed">
              {step.text}
            </Text>
          )}
        </div>
        {!step.done &&
          (step.href ? (
            <Button component={Link} href={step.href} size="xs">
              {step.action}
            </Button>
          ) : (
            <Button size="xs" onClick={publish}>
              {step.action}
            </Button>
          ))}
      </Group>
    </Group>
  );
}

const hints: Record<string, string> = {
  '/events': 'Live, with the path of each',
  '/integrations': 'From events to web services',
  '/devices': 'Register, claim, credentials',
  '/products': 'Kinds of devices and their fleets',
  '/orgs': 'Teams with products of their own',
  '/ledgers': 'JSON data of devices and products',
  '/secrets': 'Keys that templates may use',
  '/team': 'Who may do what',
  '/usage': 'Data operations by day and device',
  '/demo': 'Every step of a webhook, explained',
};

/** The pages of the scope, each with a word about it. */
export function Shortcuts() {
  const { kind } = useScope();
  return (
    <SimpleGrid cols={{ base: 2, sm: 3, lg: 5 }} spacing="sm" component="nav" aria-label="Pages of this scope">
      {navigation
        .filter((item) => item.path !== '/' && item.kinds.includes(kind))
        .map((item) => (
          <Card key={item.path} component={Link} href={item.path === '/products' && kind === 'sandbox' ? '~/products' : item.path} withBorder padding="sm">
            <Group gap={8} wrap="nowrap">
              <item.icon size={18} stroke={1.6} />
              <Text size="sm" fw={600}>
                {item.label}
              </Text>
            </Group>
            <Text size="xs" c="dimmed" mt={2}>
              {hints[item.path]}
            </Text>
          </Card>
        ))}
    </SimpleGrid>
  );
}
