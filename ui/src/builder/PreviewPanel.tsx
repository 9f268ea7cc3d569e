import { Alert, Badge, Card, Group, Stack, Text, Title } from '@mantine/core';
import { IconAlertTriangle, IconArrowRight, IconCircleCheck, IconCircleX, IconInfoCircle } from '@tabler/icons-react';
import { messageOf } from '../api/client';
import { pretty } from '../kit/json';
import { Snippet } from '../kit/Snippet';
import { saying } from './context';
import { settingAt, settings } from './mapping';
import { type Preview, useLastRequest } from './preview';
import { SampleChoice } from './SampleChoice';

type Props = { preview: Preview | undefined; error: unknown; asking: boolean };

/** The request that the settings would make of an event, beside the form. */
export function PreviewPanel({ preview, error, asking }: Props) {
  const { shown, stale } = useLastRequest(preview);
  const faults = preview?.errors ?? [];
  return (
    <Card withBorder component="section" aria-label="Preview">
      <Stack gap="sm">
        <Group justify="space-between">
          <Title order={2} size="h4">
            Preview
          </Title>
          <Text size="xs" c="dimmed" role="status" style={{ visibility: asking ? 'visible' : 'hidden' }}>
            Updating
          </Text>
        </Group>
        <SampleChoice />
        {error ? (
          <Alert color="red" variant="light" icon={<IconAlertTriangle size={18} />}>
            {messageOf(error)}
          </Alert>
        ) : (
          preview && <Verdict preview={preview} />
        )}
        {faults.length > 0 && <Faults preview={preview as Preview} />}
        {shown ? <Request preview={shown} stale={stale} /> : <Nothing />}
        <Comments preview={preview} />
      </Stack>
    </Card>
  );
}

function Verdict({ preview }: { preview: Preview }) {
  if (!preview.ok || !preview.request) return null;
  const Icon = preview.matches ? IconCircleCheck : IconCircleX;
  return (
    <Group gap={6} wrap="nowrap" align="flex-start">
      <Icon size={18} aria-hidden color={preview.matches ? 'var(--mantine-color-field-text)' : 'var(--mantine-color-orange-text)'} style={{ flexShrink: 0, marginTop: 1 }} />
      <Text size="sm">{preview.matches ? 'This event triggers it.' : `This event does not trigger it: ${preview.why_not ?? 'it does not match.'}`}</Text>
    </Group>
  );
}

function Faults({ preview }: { preview: Preview }) {
  return (
    <Alert role="status" color="red" variant="light" p="sm" icon={<IconAlertTriangle size={18} />} title="It cannot be saved like this">
      <Stack gap={2}>
        {preview.errors?.map((e) => (
          <Text key={e.field + e.message} size="sm" style={{ overflowWrap: 'anywhere' }}>
            {e.field && (
              <Text span fw={600} size="sm">
                {e.field}:{' '}
              </Text>
            )}
            {saying(e)}
          </Text>
        ))}
      </Stack>
    </Alert>
  );
}

function Nothing() {
  return (
    <Text size="sm" c="dimmed">
      Give an event name and a URL, and the exact request shows here.
    </Text>
  );
}

const number = new Intl.NumberFormat();

function Request({ preview, stale }: { preview: Preview; stale: boolean }) {
  const r = preview.request;
  if (!r) return null;
  return (
    <Stack gap="xs">
      {stale && (
        <Text size="xs" fw={600}>
          The last request that could be made:
        </Text>
      )}
      <Group gap={6} wrap="nowrap" align="flex-start">
        <Badge variant="light" radius="sm" style={{ flexShrink: 0 }}>
          {r.method}
        </Badge>
        <Text size="sm" className="fh-mono">
          {r.url}
        </Text>
      </Group>
      <Snippet title="Headers" text={r.headers.map(([name, value]) => `${name}: ${value}`).join('\n')} wrap maxHeight={180} />
      <Snippet title="Body" text={pretty(r.body)} empty="No body" wrap maxHeight={320} />
      <Text size="xs" c="dimmed">
        {number.format(r.size_bytes)} bytes in all
      </Text>
      <Topics preview={preview} />
    </Stack>
  );
}

function Topics({ preview }: { preview: Preview }) {
  const rows: [string, string | undefined][] = [
    ['Answer', preview.response_topic && `${preview.response_topic}/0`],
    ['Failure', preview.error_response_topic && `${preview.error_response_topic}/0`],
  ];
  return (
    <Stack gap={2}>
      {rows.map(([what, topic]) => (
        <Group key={what} gap={6} wrap="nowrap" align="flex-start">
          <Text size="xs" c="dimmed" w={52} style={{ flexShrink: 0 }}>
            {what}
          </Text>
          <IconArrowRight size={14} aria-hidden style={{ flexShrink: 0, marginTop: 2 }} />
          <Text size="xs" className="fh-mono">
            {topic ?? 'no event'}
          </Text>
        </Group>
      ))}
    </Stack>
  );
}

/** What is said about the whole, and about settings that the form does not show. */
function Comments({ preview }: { preview: Preview | undefined }) {
  const loose = preview?.warnings.filter((w) => !settings.some((s) => s === settingAt(w.field))) ?? [];
  return (
    <>
      {loose.map((w) => (
        <Alert role="note" key={w.field + w.message} color="yellow" variant="light" p="xs" icon={<IconInfoCircle size={16} />}>
          <Text size="xs" style={{ overflowWrap: 'anywhere' }}>
            {saying(w)}
          </Text>
        </Alert>
      ))}
    </>
  );
}
