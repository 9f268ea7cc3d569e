import { Anchor, Badge, Button, Group, Select, Stack, Table, Text, Title } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { Link } from 'wouter';
import { pretty } from '../../kit/json';
import { clock, span } from '../../kit/time';
import { useDemo } from '../demo';
import { clipped, outcomeOf, type Step, type Streamed, stepsOf, valuesOf, type Walk, operationsOf } from '../logic/explainer';
import { type Mark, markNames, type Values } from '../logic/marks';
import { webhookOf } from '../logic/webhook';
import { Marked, MarkedCode, TemplateCode } from '../Marked';
import { Panel, To, Waits } from '../Panel';

/** Panel 7: one event's way, step by step. */
export function ExplainerCard() {
  const { walks, server } = useDemo();
  const [picked, setPicked] = useState<string | null>(null);
  const walk = walks.find((w) => w.key === picked) ?? walks.at(-1);
  return (
    <Panel id="explainer" done={walks.some((w) => outcomeOf(w) !== 'waiting')}>
      {!walk ? (
        <Waits>{server.session ? <>Nothing came yet. <To id="test">Publish an event</To>, and its way appears here.</> : <>First, <To id="start">start the demo</To>.</>}</Waits>
      ) : (
        <Explained key={walk.key} walk={walk} walks={walks} picked={picked} pick={setPicked} />
      )}
    </Panel>
  );
}

const outcomes = { waiting: 'under way', response: 'hook-response', error: 'hook-error', empty: 'empty answer' };

function labelOf(w: Walk): string {
  const at = w.event ? clock(new Date(w.event.publishedAt)) : 'event to come';
  const { id } = valuesOf(w);
  return `${at}${id ? `, id ${id}` : ''}: ${outcomes[outcomeOf(w)]}`;
}

type Props = { walk: Walk; walks: Walk[]; picked: string | null; pick: (key: string | null) => void };

function Explained({ walk, walks, picked, pick }: Props) {
  const values = valuesOf(walk);
  const steps = stepsOf(walk);
  const [shown, replay] = useReplay(steps.length);
  return (
    <Stack gap="sm">
      <Group align="flex-end" gap="sm">
        <Select
          label="Event"
          data={[{ value: '', label: 'The newest' }, ...[...walks].reverse().map((w) => ({ value: w.key, label: labelOf(w) }))]}
          value={picked ?? ''}
          onChange={(v) => pick(v || null)}
          allowDeselect={false}
          w={330}
        />
        <Button variant="default" leftSection={<IconRefresh size={16} />} onClick={replay}>
          Replay
        </Button>
        <Operations walk={walk} />
      </Group>
      <Legend values={values} />
      <Stack gap="sm" component="ol" style={{ listStyle: 'none', margin: 0, padding: 0 }} aria-label="Steps">
        {steps.slice(0, shown).map((step, i) => (
          <StepBlock key={step.name} step={step} number={i + 1} walk={walk} values={values} fresh={shown < steps.length} />
        ))}
      </Stack>
    </Stack>
  );
}

/** How many steps are shown; a replay begins with one. */
function useReplay(all: number): [number, () => void] {
  const [shown, setShown] = useState(all);
  useEffect(() => {
    if (shown >= all) return;
    const timer = setTimeout(() => setShown((n) => n + 1), 1_100);
    return () => clearTimeout(timer);
  }, [shown, all]);
  return [shown, () => setShown(1)];
}

function Operations({ walk }: { walk: Walk }) {
  const { published, answer } = operationsOf(walk);
  const more = outcomeOf(walk) === 'response' && answer > 0 ? `, and ${answer} more if a device listens to the answer` : '';
  return (
    <Text size="sm" c="dimmed" pb={8}>
      Data operations: {published}
      {more}
    </Text>
  );
}

/** Points out where a value stands; for those who have no mouse, too. */
function Legend({ values }: { values: Values }) {
  const [held, hold] = useState<Mark | null>(null);
  const light = (mark: Mark | null) => {
    hold(mark);
    const root = document.querySelector<HTMLElement>('.wd');
    if (root && mark) root.dataset['lit'] = mark;
    else if (root) delete root.dataset['lit'];
  };
  const present = (Object.keys(markNames) as Mark[]).filter((m) => m !== 'data' && values[m] !== undefined);
  return (
    <Group gap={6} role="group" aria-label="Followed values">
      {present.map((mark) => (
        <Button key={mark} size="compact-xs" variant={held === mark ? 'filled' : 'default'} onClick={() => light(held === mark ? null : mark)} aria-pressed={held === mark}>
          <span data-mark={mark} className="wd-legend">
            {markNames[mark]}
          </span>
        </Button>
      ))}
    </Group>
  );
}

const bars: Record<Step['name'], string> = { event: '#00b8d9', 'hook-sent': '#7fbf9f', request: '#fa6200', data: '#ff8fa3', response: '#ff9f61', result: '#7fbf9f' };

function StepBlock({ step, number, walk, values, fresh }: { step: Step; number: number; walk: Walk; values: Values; fresh: boolean }) {
  const failed = outcomeOf(walk) === 'error';
  const bar = step.state !== 'done' ? undefined : step.name === 'result' && failed ? '#e5484d' : bars[step.name];
  return (
    <li className="wd-step" data-state={step.state} {...(fresh ? { 'data-fresh': '' } : {})} style={bar ? ({ '--wd-bar': bar } as React.CSSProperties) : {}}>
      <Group gap="xs" mb={4}>
        <Title order={3} size="h6">
          {number}. {titleOf(step, walk)}
        </Title>
        {step.after !== undefined && (
          <Badge variant="light" size="sm" color="gray" tt="none">
            {number === 1 ? 'start' : `after ${span(step.after)}`}
          </Badge>
        )}
        {step.state === 'waiting' && (
          <Badge variant="light" size="sm" color="yellow" role="status">
            Waiting
          </Badge>
        )}
      </Group>
      <StepContent step={step} walk={walk} values={values} />
    </li>
  );
}

function titleOf(step: Step, walk: Walk): string {
  switch (step.name) {
    case 'event':
      return walk.device === 'api' ? 'Event (API)' : 'Event (Device)';
    case 'hook-sent':
      return 'Event (hook-sent)';
    case 'request':
      return 'Your webhook server (received request)';
    case 'data':
      return 'Data received by the webhook server';
    case 'response':
      return 'Your webhook server (sent response)';
    case 'result':
      return { error: 'Event (hook-error)', response: 'Event (hook-response)', empty: 'No event', waiting: 'Event (hook-response or hook-error)' }[outcomeOf(walk)];
  }
}

function StepContent({ step, walk, values }: { step: Step; walk: Walk; values: Values }) {
  switch (step.name) {
    case 'event':
      return <EventStep walk={walk} values={values} />;
    case 'hook-sent':
      if (walk.sent) return <Text size="sm">The hub has sent the request. It writes this event down together with the outcome, so both have the same time. You find it under the product&apos;s events, too.</Text>;
      return step.state === 'none' ? <Text size="sm">No request was sent.</Text> : null;
    case 'request':
      return <RequestStep step={step} walk={walk} values={values} />;
    case 'data':
      return <DataStep step={step} walk={walk} values={values} />;
    case 'response':
      return <ResponseStep walk={walk} step={step} values={values} />;
    case 'result':
      return <ResultStep walk={walk} values={values} />;
  }
}

function EventStep({ walk, values }: { walk: Walk; values: Values }) {
  const { choices } = useDemo();
  if (!walk.event) return null;
  const who = walk.device === 'api' ? 'The API published it: the Test button does.' : `${walk.device === choices.device?.id && choices.device.name ? `The device ${choices.device.name}` : 'A device'} published it.`;
  return (
    <Stack gap={6}>
      <Text size="sm">{who}</Text>
      <Events events={[walk.event]} values={values} />
      {walk.event.data !== null && pretty(walk.event.data) !== walk.event.data && <MarkedCode label="Event data, for reading" values={values} text={pretty(walk.event.data)} />}
      {values.id !== undefined && <Text size="sm">A number of its own for each event, as the id here, helps to pair requests with answers, and to notice one that came twice.</Text>}
    </Stack>
  );
}

function RequestStep({ step, walk, values }: { step: Step; walk: Walk; values: Values }) {
  const { server } = useDemo();
  if (!walk.hook) return step.state === 'none' ? <Text size="sm">Nothing arrived.</Text> : null;
  return (
    <Stack gap={6}>
      <MarkedCode label="Header of the request" values={values} text={`${walk.hook.method} ${walk.hook.originalUrl}\n${walk.hook.headers}`} />
      {server.session && (
        <>
          <Text size="sm">Its body was made from this template. Point at a variable to see what it became:</Text>
          <TemplateCode label="Template of the body" values={values} text={webhookOf(server.session).body} />
        </>
      )}
    </Stack>
  );
}

function DataStep({ step, walk, values }: { step: Step; walk: Walk; values: Values }) {
  if (!walk.hook) return step.state === 'none' ? <Text size="sm">Nothing arrived.</Text> : null;
  return <MarkedCode label="Body of the request" values={values} text={pretty(walk.hook.body)} />;
}

function ResponseStep({ walk, step, values }: { walk: Walk; step: Step; values: Values }) {
  const { answer } = walk;
  if (answer?.unsent) return <Text size="sm">The hub stopped waiting after {span(answer.elapsedMs)}, before the answer was due. It was never sent.</Text>;
  if (!answer) return step.state === 'none' ? <Text size="sm">There was no answer.</Text> : null;
  const length = new TextEncoder().encode(answer.body).length;
  return (
    <Stack gap={6}>
      <Text size="sm">
        Status {answer.statusCode}
        {answer.contentType && `, ${answer.contentType.split(';')[0]}`}, {length.toLocaleString('en')} bytes, {span(answer.elapsedMs)} after the request arrived.
      </Text>
      {answer.body && <MarkedCode label="Body of the answer" values={values} text={length > 1_024 ? clipped(answer.body) : pretty(answer.body)} />}
    </Stack>
  );
}

function ResultStep({ walk, values }: { walk: Walk; values: Values }) {
  const outcome = outcomeOf(walk);
  if (outcome === 'empty') return <Text size="sm">The answer was a success without a body, so there is nothing to bring back.</Text>;
  if (walk.results.length === 0) return null;
  return (
    <Stack gap={6}>
      {walk.results.length > 1 && <Text size="sm">The answer came back in {walk.results.length} parts of up to 512 bytes. The number at the end of each name says which part it is.</Text>}
      {outcome === 'error' && <Text size="sm">The hub tells the device why there is no answer. By default it does not try again.</Text>}
      <Events events={walk.results} values={values} />
    </Stack>
  );
}

/** Events as the product's stream tells them. */
function Events({ events, values }: { events: Streamed[]; values: Values }) {
  const { choices } = useDemo();
  const label = events.length > 1 ? `${events.length} events` : `Event ${events[0]?.name}`;
  return (
    <>
      <Table.ScrollContainer minWidth={560} type="native" tabIndex={0} role="region" aria-label={label}>
        <Table withTableBorder layout="fixed" aria-label={label}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th w="34%">Event name</Table.Th>
              <Table.Th>Event data</Table.Th>
              <Table.Th w="18%">Device</Table.Th>
              <Table.Th w={112}>Published at</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody className="fh-mono">
            {events.map((e) => (
              <Table.Tr key={e.id}>
                <Table.Td>
                  <Marked text={e.name} values={values} />
                </Table.Td>
                <Table.Td>
                  <Marked text={clipped(e.data ?? '')} values={values} />
                </Table.Td>
                <Table.Td>
                  <Marked text={e.coreid} values={values} />
                </Table.Td>
                <Table.Td title={e.publishedAt}>{e.publishedAt === values.time ? <span data-mark="time">{clock(new Date(e.publishedAt))}</span> : clock(new Date(e.publishedAt))}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {choices.product && (
        <Anchor component={Link} href={`~/products/${choices.product.slug}/events`} size="xs">
          The product&apos;s events in the console
        </Anchor>
      )}
    </>
  );
}
