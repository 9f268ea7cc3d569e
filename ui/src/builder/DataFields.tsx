import { Checkbox, Code, Group, SegmentedControl, Stack, Switch, Text } from '@mantine/core';
import { useRef, useState } from 'react';
import { Editor, type Fault } from '../kit/editor/Editor';
import { saying, useBuilder } from './context';
import { isDefault, toCustom, toDefault } from './content';
import { TemplateField, useProblem, Warnings } from './fields';
import { type Json, object, print, text, tryParse } from './json';
import { formatOf, get, getFlag, getText, put, putFlag, putFormat, type Setting } from './mapping';
import { Rows } from './Rows';
import { VariablePicker } from './VariablePicker';

/** What a request carries: the default fields, or what is written here. */
export function DataFields() {
  const { doc, edit } = useBuilder();
  const format = formatOf(doc);
  const [wasCustom, setWasCustom] = useState<{ content: Json | undefined; noDefaults: boolean }>();
  // Custom data that has been emptied looks like default data, so the choice is kept here.
  const [custom, setCustom] = useState(!isDefault(doc));
  if (getText(doc, 'requestType').toUpperCase() === 'GET') return <GetData />;
  if (format === 'body') return <TemplateField setting="body" label="Body" rows={6} description="Sent as it is. Set the Content-Type under HTTP headers." />;
  const standard = isDefault(doc) && !custom;
  const turn = (v: string) => {
    setCustom(v === 'custom');
    if (v === 'default') {
      setWasCustom({ content: get(doc, format), noDefaults: getFlag(doc, 'noDefaults', false) });
      edit(toDefault);
    } else if (wasCustom?.content) edit((d) => putFlag(putFormat(d, format, wasCustom.content), 'noDefaults', wasCustom.noDefaults, false));
    else edit(toCustom);
  };
  return (
    <Stack gap="sm">
      <SegmentedControl
        aria-label="Data fields"
        data={[
          { value: 'default', label: 'Default' },
          { value: 'custom', label: 'Custom' },
        ]}
        value={standard ? 'default' : 'custom'}
        onChange={turn}
        style={{ alignSelf: 'flex-start' }}
      />
      {standard && <DefaultFields />}
      {!standard && format === 'form' && <Rows setting="form" what="form field" keepEmpty />}
      {!standard && format === 'json' && <JsonField setting="json" label="JSON data" />}
      {!standard && (
        <Checkbox
          label="Send the default fields, too"
          description="event, data, published_at and coreid, unless a field of yours has the same name"
          checked={!getFlag(doc, 'noDefaults', false)}
          onChange={(e) => {
            const on = e.currentTarget.checked;
            edit((d) => putFlag(d, 'noDefaults', !on, false));
          }}
        />
      )}
    </Stack>
  );
}

function DefaultFields() {
  return (
    <Text size="sm" c="dimmed">
      The name of the event as <Code>event</Code>, its data as <Code>data</Code>, the time as <Code>published_at</Code> and the device as <Code>coreid</Code>.
    </Text>
  );
}

function GetData() {
  const { doc, edit } = useBuilder();
  return (
    <Stack gap="sm">
      <Text size="sm" c="dimmed">
        A GET request has no body: everything goes into the query.
      </Text>
      <Checkbox
        label="Send the default fields"
        description="event, data, published_at and coreid"
        checked={!getFlag(doc, 'noDefaults', false)}
        onChange={(e) => {
          const on = e.currentTarget.checked;
          edit((d) => putFlag(d, 'noDefaults', !on, false));
        }}
      />
      {get(doc, 'form') && <Rows setting="form" what="form field" keepEmpty />}
      <Warnings of="json" />
      <Warnings of="body" />
    </Stack>
  );
}

/** What a value looks like in the editor. */
function sourceOf(value: Json | undefined): string {
  if (!value) return '{}';
  return value.kind === 'string' ? value.value : print(value, true);
}

/**
 * JSON that may be an object, whose values are put in quotes by the hub, or a
 * text template, in which numbers stay numbers. What is no JSON by itself can
 * only be a text template.
 */
export function JsonField({ setting, label, description, clearable }: { setting: Setting; label: string; description?: string; clearable?: boolean }) {
  const { doc, edit, problems } = useBuilder();
  const error = useProblem(setting);
  const insert = useRef<((text: string) => void) | null>(null);
  const value = get(doc, setting);
  const [asText, setAsText] = useState(value?.kind === 'string');
  const [typed, setTyped] = useState<{ source: string; value: Json | undefined }>({ source: value ? sourceOf(value) : clearable ? '' : '{}', value });
  // What came from elsewhere, such as the custom template, replaces what was typed here.
  const source = typed.value === value ? typed.source : value ? sourceOf(value) : clearable ? '' : '{}';
  const set = (source: string, template: boolean) => {
    const parsed = tryParse(source).value;
    const structured = parsed && (parsed.kind === 'object' || parsed.kind === 'array');
    const next = source.trim() === '' ? (clearable ? undefined : object()) : structured && !template ? parsed : text(source);
    setTyped({ source, value: next });
    edit((d) => put(d, setting, next));
  };
  const text_ = value?.kind === 'string';
  const places = problems.filter((p) => p.field.startsWith(`${setting}.`) || p.field.startsWith(`${setting}[`));
  return (
    <Stack gap={6}>
      <Group justify="space-between" gap="xs">
        <Text size="sm" fw={500}>
          {label}
        </Text>
        <Group gap="xs">
          <Switch
            size="xs"
            label="Text template"
            checked={asText || text_}
            onChange={(e) => {
              setAsText(e.currentTarget.checked);
              set(source, e.currentTarget.checked);
            }}
          />
          <VariablePicker field={label} pick={(tag) => insert.current?.(tag)} />
        </Group>
      </Group>
      {description && (
        <Text size="xs" c="dimmed">
          {description}
        </Text>
      )}
      <Editor label={label} value={source} onChange={(s) => set(s, asText)} check={check} insert={insert} minRows={5} maxRows={18} />
      <Text size="xs" c="dimmed">
        {text_ ? 'A text template: it is sent as it renders, so numbers stay numbers.' : 'Each value is rendered by itself and quoted, so event data can hold anything.'}
      </Text>
      {[...new Set([error, ...places.map(saying)])].filter(Boolean).map((message) => (
        <Text key={message} size="xs" c="red" role="alert">
          {message}
        </Text>
      ))}
      <Warnings of={setting} />
    </Stack>
  );
}

/** Marks where a text stops being JSON; a text template may. */
function check(source: string): Fault[] {
  const { fault } = source.trim() === '' ? {} : tryParse(source);
  return fault ? [{ at: fault.at, message: `${fault.message} As a text template it is saved and sent as it renders.`, severity: 'warning' }] : [];
}
