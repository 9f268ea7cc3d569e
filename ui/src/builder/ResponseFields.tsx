import { Button, Checkbox, Stack } from '@mantine/core';
import { IconListCheck } from '@tabler/icons-react';
import { lazy, Suspense, useState } from 'react';
import { useScope } from '../app/scope';
import { JsonField } from './DataFields';
import { useBuilder } from './context';
import { FlagField, TemplateField } from './fields';
import { text } from './json';
import { get, put } from './mapping';

const AnswerBuilder = lazy(() => import('./AnswerBuilder'));

/** An empty topic that is set means that nobody gets the answer. */
function TopicField({ standard }: { standard: string }) {
  const { doc, edit } = useBuilder();
  const value = get(doc, 'responseTopic');
  const none = value?.kind === 'string' && value.value === '';
  return (
    <Stack gap={6}>
      {!none && <TemplateField setting="responseTopic" label="Response topic" placeholder={standard} description="The name of the events that bring the answer back; the number of the part is added behind it." />}
      <Checkbox
        label="Publish no response events"
        checked={none}
        onChange={(e) => {
          const on = e.currentTarget.checked;
          edit((d) => put(d, 'responseTopic', on ? text('') : undefined));
        }}
      />
    </Stack>
  );
}

/** What becomes of the answer of the target. */
export function ResponseFields() {
  const { kind } = useScope();
  const [opened, setOpened] = useState(false);
  // The editor keeps what it shows to itself; what the tool writes comes in as a new one.
  const [version, setVersion] = useState(0);
  const standard = kind === 'sandbox' ? 'hook-response/{{PARTICLE_EVENT_NAME}}' : '{{PARTICLE_DEVICE_ID}}/hook-response/{{PARTICLE_EVENT_NAME}}';
  return (
    <Stack>
      <TopicField standard={standard} />
      <TemplateField setting="errorResponseTopic" label="Error response topic" placeholder="hook-error/{{PARTICLE_EVENT_NAME}}" description="The name of the events that tell of failures." />
      <div>
        <JsonField key={version} setting="responseTemplate" label="Response template" description="Makes the data of response events from a JSON answer. Empty: the answer as it comes." clearable />
        <Button size="compact-sm" variant="default" mt={6} leftSection={<IconListCheck size={15} />} onClick={() => setOpened(true)}>
          Build it from a sample answer
        </Button>
      </div>
      <FlagField setting="unchunked" absent={false} label="Unchunked" description="One event with the whole answer, for devices and programs that can take it." />
      <FlagField setting="dataUrlResponseEvent" absent={false} label="Encode as data URL" description="For binary answers; devices get the bytes." />
      {opened && (
        <Suspense>
          <AnswerBuilder
            onClose={() => {
              setOpened(false);
              setVersion((v) => v + 1);
            }}
          />
        </Suspense>
      )}
    </Stack>
  );
}
