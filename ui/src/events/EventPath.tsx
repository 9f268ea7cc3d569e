import { Anchor, Badge, Code, Collapse, Group, Stack, Text, Timeline, UnstyledButton } from '@mantine/core';
import { IconAlertTriangle, IconCheck, IconMoonStars, IconPlayerSkipForward, IconPointFilled } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import { api } from '../api/client';
import type { Call, Schemas } from '../api/types';
import { useScope } from '../app/scope';
import { Answered } from '../kit/states';
import { exactSpan } from '../kit/time';
import { TimeText } from '../kit/TimeText';
import type { Entry } from './entry';
import { kindOf } from './entry';
import { lineOf, looks } from './look';
import { type Step, timeline, unfinished } from './timeline';
import { pathOf } from './useOpened';

type Path = Schemas['Path'];
type Attempt = Schemas['Attempt'];

/** Everything that became of an event, with milliseconds since the hub had it. */
export function EventPath({ entry }: { entry: Entry }) {
  const scope = useScope();
  const path = useQuery({
    ...pathOf(scope, entry.seq),
    // A young event is still on its way, and so is one that is tried again.
    refetchInterval: ({ state }) => (Date.now() - Date.parse(entry.at) < 30_000 ? 1_000 : state.data && unfinished(state.data) ? 5_000 : false),
  });
  return (
    <Answered query={path} what="The path of this event" rows={3}>
      {(data) => <Steps path={data} hook={entry.kind !== 'published' && entry.kind !== 'system'} />}
    </Answered>
  );
}

function Steps({ path, hook }: { path: Path; hook: boolean }) {
  const steps = timeline(path);
  return (
    <Stack gap="xs">
      <Timeline bulletSize={22} lineWidth={2} active={steps.length}>
        {steps.map((step, i) => (
          <Timeline.Item key={i} bullet={<Bullet step={step} />} title={<Headline step={step} />}>
            <Body step={step} />
          </Timeline.Item>
        ))}
      </Timeline>
      {steps.length === 1 && (
        <Text size="sm" c="dimmed">
          {hook ? 'Events that integrations make trigger no integrations.' : 'No integration has taken it up: none listens for events of this name, or its delivery still waits.'}
        </Text>
      )}
      {path.partial && (
        <Text size="sm" c="dimmed">
          There is more than is shown here.
        </Text>
      )}
    </Stack>
  );
}

const results = {
  success: { label: 'success', color: 'field', icon: IconCheck },
  error: { label: 'error', color: 'red', icon: IconAlertTriangle },
  sleep: { label: 'not sent: the host sleeps', color: 'gray', icon: IconMoonStars },
  dropped: { label: 'dropped', color: 'gray', icon: IconPlayerSkipForward },
} as const;

function Bullet({ step }: { step: Step }) {
  if (step.kind === 'attempt') {
    const Icon = results[step.attempt.result].icon;
    return <Icon size={13} />;
  }
  const Icon = step.kind === 'caused' ? looks[kindOf(step.event.name, step.event.coreid)].icon : IconPointFilled;
  return <Icon size={13} />;
}

function Headline({ step }: { step: Step }) {
  const text = step.kind === 'received' ? 'Received by the hub' : step.kind === 'caused' ? step.event.name : `Attempt ${step.attempt.attempt}`;
  return (
    <Group gap={8} wrap="nowrap" justify="space-between">
      <Text size="sm" fw={600} style={{ overflowWrap: 'anywhere' }}>
        {text}
      </Text>
      <Text size="xs" c="dimmed" className="fh-mono" style={{ whiteSpace: 'nowrap' }}>
        +{step.ms.toLocaleString()} ms
      </Text>
    </Group>
  );
}

function Body({ step }: { step: Step }) {
  if (step.kind === 'received') return null;
  if (step.kind === 'attempt') return <AttemptBody attempt={step.attempt} took={step.took} />;
  const line = lineOf(step.event.data, kindOf(step.event.name, step.event.coreid));
  return line ? <Code style={{ overflowWrap: 'anywhere' }}>{line}</Code> : null;
}

function AttemptBody({ attempt, took }: { attempt: Attempt; took: number }) {
  const result = results[attempt.result];
  return (
    <Stack gap={4}>
      <Group gap={6}>
        <Badge size="sm" variant="light" color={result.color} tt="none">
          {result.label}
        </Badge>
        {attempt.mark && (
          <Badge size="sm" variant="default" tt="none">
            {attempt.mark}
          </Badge>
        )}
        {!!attempt.status && <Text size="xs">status {attempt.status}</Text>}
        {took > 0 && <Text size="xs">{exactSpan(took)}</Text>}
        <Anchor component={Link} size="xs" href={`/integrations/webhooks/${attempt.integration}`}>
          {attempt.integration_name || 'integration'}
        </Anchor>
      </Group>
      {attempt.error && (
        <Text size="xs" c="red">
          {attempt.error}
        </Text>
      )}
      {attempt.next && (
        <Text size="xs">
          Tried again at <TimeText at={attempt.next} size="xs" />
        </Text>
      )}
      <Bodies attempt={attempt} />
    </Stack>
  );
}

/** Request and response of an attempt, while they are kept. */
function Bodies({ attempt }: { attempt: Attempt }) {
  const [open, setOpen] = useState(false);
  if (attempt.result === 'sleep' || attempt.result === 'dropped') return null;
  if (!attempt.call) {
    return (
      <Text size="xs" c="dimmed">
        Its request and response are not kept any more.
      </Text>
    );
  }
  return (
    <>
      <UnstyledButton onClick={() => setOpen(!open)} aria-expanded={open}>
        <Text size="xs" td="underline">
          {open ? 'Hide request and response' : 'Show request and response'}
        </Text>
      </UnstyledButton>
      <Collapse expanded={open}>{open && <Recorded integration={attempt.integration} call={attempt.call} />}</Collapse>
    </>
  );
}

function Recorded({ integration, call }: { integration: string; call: string }) {
  const scope = useScope();
  const recorded = useQuery({ queryKey: ['call', scope.api, integration, call], queryFn: () => api.get<Call>(`${scope.api}/integrations/${integration}/logs/${call}`) });
  return (
    <Answered query={recorded} what="The recorded call" rows={2}>
      {(data) => (
        <Stack gap={6} mt={4}>
          <Text size="xs" fw={600}>
            Request
          </Text>
          <Code block style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
            {data.request}
          </Code>
          <Text size="xs" fw={600}>
            Response
          </Text>
          <Code block style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
            {data.response || data.error || 'None'}
          </Code>
        </Stack>
      )}
    </Answered>
  );
}
