import { Alert, Button, Checkbox, Group, Modal, ScrollArea, SegmentedControl, Select, SimpleGrid, Stack, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../api/client';
import type { Call } from '../api/types';
import { useHub } from '../app/hub';
import { useScope } from '../app/scope';
import { Editor } from '../kit/editor/Editor';
import { Snippet } from '../kit/Snippet';
import { type Leaf, leavesOf, namesOf, type Shape, templateOf } from './answer';
import { binOf, requestsOf } from './BinHelp';
import { useBuilder } from './context';
import { getText, putText } from './mapping';
import { useSaved } from './original';
import { type Preview, usePreview } from './preview';
import { useSample } from './sample';

const example = '{"current": {"temp": 21.5, "humidity": 40, "sky": "clear"}}';

/** Ticks fields in a sample answer and gets the response template that publishes them. */
export default function AnswerBuilder({ onClose }: { onClose: () => void }) {
  const { doc, edit } = useBuilder();
  const [sample, setSample] = useState(example);
  const [ticked, setTicked] = useState<string[]>([]);
  const [names, setNames] = useState<Record<string, string>>({});
  const [shape, setShape] = useState<Shape>('flat');
  const leaves = leavesOf(sample);
  const chosen = (leaves ?? []).filter((l) => ticked.includes(keyOf(l)));
  const standard = namesOf(chosen);
  const template = templateOf(chosen, shape, chosen.map((l, i) => names[keyOf(l)] || (standard[i] ?? '')));
  const use = () => {
    edit((d) => putText(d, 'responseTemplate', template));
    onClose();
  };
  return (
    <Modal opened onClose={onClose} title="Response template from a sample answer" size="xl">
      <Stack>
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          <Stack gap="xs">
            <Sources use={setSample} />
            <Editor label="Sample answer" value={sample} onChange={setSample} minRows={10} maxRows={16} />
          </Stack>
          <Fields leaves={leaves} ticked={ticked} setTicked={setTicked} names={names} setNames={setNames} standard={Object.fromEntries(chosen.map((l, i) => [keyOf(l), standard[i] ?? '']))} renaming={shape === 'flat'} />
        </SimpleGrid>
        <Group gap="xs">
          <Text size="sm" fw={500} id="shape-label">
            Result
          </Text>
          <SegmentedControl
            size="xs"
            aria-labelledby="shape-label"
            value={shape}
            onChange={(v) => setShape(v as Shape)}
            data={[
              { value: 'flat', label: 'Flat' },
              { value: 'same', label: 'Same shape' },
              { value: 'alone', label: 'Values alone' },
            ]}
          />
        </Group>
        <Snippet title="Response template" text={template} empty="Tick fields of the answer." wrap />
        {template && <Rendered doc={putText(doc, 'responseTemplate', template)} body={sample} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button onClick={use} disabled={!template}>
            Use this template
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

const keyOf = (l: Leaf) => JSON.stringify(l.path);

type FieldsProps = {
  leaves: Leaf[] | undefined;
  ticked: string[];
  setTicked: (keys: string[]) => void;
  names: Record<string, string>;
  setNames: (names: Record<string, string>) => void;
  standard: Record<string, string>;
  renaming: boolean;
};

function Fields({ leaves, ticked, setTicked, names, setNames, standard, renaming }: FieldsProps) {
  if (!leaves) return <Alert role="note" color="yellow" variant="light" title="The answer must be JSON" children="Templates apply to JSON objects and arrays; any other answer is published as it comes." />;
  return (
    <ScrollArea.Autosize mah={380} type="auto" viewportProps={{ tabIndex: 0, role: 'group', 'aria-label': 'Fields of the answer' }}>
      <Stack gap={8} pr="sm">
        {leaves.map((l) => {
          const key = keyOf(l);
          const on = ticked.includes(key);
          return (
            <div key={key}>
              <Checkbox
                size="sm"
                checked={on}
                disabled={!l.tag}
                onChange={() => setTicked(on ? ticked.filter((k) => k !== key) : [...ticked, key])}
                label={<span className="fh-mono">{l.path.join('.')}</span>}
                description={l.tag ? <span className="fh-mono">{JSON.stringify(l.value)}</span> : 'A name with a dot, a space or a brace in it is out of reach of templates.'}
              />
              {on && renaming && (
                <TextInput
                  size="xs"
                  ml={28}
                  mt={2}
                  w={180}
                  aria-label={`Name of ${l.path.join('.')} in the result`}
                  placeholder={standard[key] ?? ''}
                  value={names[key] ?? ''}
                  onChange={(e) => setNames({ ...names, [key]: e.currentTarget.value })}
                />
              )}
            </div>
          );
        })}
      </Stack>
    </ScrollArea.Autosize>
  );
}

/** Answers that have been recorded, to take as the sample. */
function Sources({ use }: { use: (sample: string) => void }) {
  const scope = useScope();
  const { doc } = useBuilder();
  const saved = useSaved();
  const hub = useHub();
  const bin = binOf(getText(doc, 'url'), hub.data?.request_bin);
  const calls = useQuery({
    queryKey: ['integrations', scope.api, saved?.id, 'answers'],
    enabled: saved !== undefined,
    queryFn: () => api.get<{ logs: Call[] }>(`${scope.api}/integrations/${saved?.id}/logs`, { type: 'success' }),
  });
  const requests = useQuery({ ...requestsOf(bin ?? ''), enabled: bin !== undefined });
  const found = [
    ...(calls.data?.logs ?? []).map((c) => ({ label: `Answer of ${new Date(c.time).toLocaleString()}`, body: bodyOf(c.response) })),
    ...(requests.data ?? []).map((r) => ({ label: `Arrived in the bin at ${new Date(r.time).toLocaleString()}`, body: r.body })),
  ].filter((f) => leavesOf(f.body));
  return (
    <div>
      <Text size="sm" fw={500}>
        Sample answer
      </Text>
      <Text size="xs" c="dimmed" mb={4}>
        Paste what the service answers{found.length > 0 ? ', or take a recorded one.' : '.'}
      </Text>
      {found.length > 0 && (
        <Select
          size="xs"
          aria-label="Take a recorded answer"
          placeholder="Take a recorded answer"
          data={found.map((f, i) => ({ value: String(i), label: f.label }))}
          onChange={(i) => i !== null && use(found[Number(i)]?.body ?? '')}
        />
      )}
    </div>
  );
}

/** The body of a recorded HTTP message. */
const bodyOf = (message: string) => message.slice(message.indexOf('\r\n\r\n') + 4);

const number = new Intl.NumberFormat();

/** What the template makes of the sample, and what that costs. */
function Rendered({ doc, body }: { doc: Parameters<typeof usePreview>[0]; body: string }) {
  const sample = useSample();
  const preview = usePreview(doc, sample, useSaved(), { status: 200, body });
  const response = preview.data?.response;
  if (!response) {
    return (
      <Text size="sm" c="dimmed">
        {preview.data?.errors?.length ? 'The size shows here once event name and URL are right.' : 'Rendering'}
      </Text>
    );
  }
  return <Sizes response={response} />;
}

function Sizes({ response }: { response: NonNullable<Preview['response']> }) {
  const answers = response.events.filter((e) => !e.name.startsWith('hook-sent/'));
  return (
    <Stack gap="xs">
      <Text size="sm" role="status">
        {number.format(response.size_bytes)} {response.size_bytes === 1 ? 'byte' : 'bytes'} in {number.format(answers.length)} {answers.length === 1 ? 'event' : 'events'}; {number.format(response.data_operations)} data{' '}
        {response.data_operations === 1 ? 'operation' : 'operations'} for each device that listens.
      </Text>
      {answers.slice(0, 3).map((e) => (
        <Snippet key={e.name} title={e.name} text={e.data} wrap maxHeight={160} />
      ))}
    </Stack>
  );
}
