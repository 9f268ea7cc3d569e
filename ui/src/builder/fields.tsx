import { Alert, Button, Checkbox, Group, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { IconAlertTriangle, IconBulb, IconInfoCircle } from '@tabler/icons-react';
import { type ReactNode, useRef } from 'react';
import { notesAt, saying, useBuilder } from './context';
import { type Json, print } from './json';
import { asText, get, getFlag, put, putFlag, putText, type Setting } from './mapping';
import { unescaped } from './variables';
import { VariablePicker } from './VariablePicker';

/** The first fault at a place, for an input's `error`. */
export function useProblem(place: string): string | undefined {
  const [first] = notesAt(useBuilder().problems, place);
  return first && saying(first);
}

/** A hint about a setting, and warnings with what can be mended by one click. */
export function Warnings({ of }: { of: Setting }) {
  const { warnings, doc, edit, hints } = useBuilder();
  const value = get(doc, of);
  const mended = value && mend(value);
  return (
    <>
      {hints[of] && (
        <Group gap={6} wrap="nowrap" align="flex-start">
          <IconBulb size={14} aria-hidden style={{ flexShrink: 0, marginTop: 2 }} />
          <Text size="xs">{hints[of]}</Text>
        </Group>
      )}
      {notesAt(warnings, of).map((w) => (
        <Alert role="note" key={w.field + w.message} color={w.kind === 'comment' ? 'gray' : 'yellow'} variant="light" p="xs" icon={w.kind === 'comment' ? <IconInfoCircle size={16} /> : <IconAlertTriangle size={16} />}>
          <Group gap="xs" justify="space-between">
            <Text size="xs" style={{ flex: '1 1 200px', overflowWrap: 'anywhere' }}>
              {saying(w)}
            </Text>
            {mended && w.message.includes('HTML entities') && (
              <Button size="compact-xs" variant="default" onClick={() => edit((d) => put(d, of, mended))}>
                Use three braces
              </Button>
            )}
          </Group>
        </Alert>
      ))}
    </>
  );
}

/** The value with tags that escape nothing; undefined = it has no others. */
export function mend(value: Json): Json | undefined {
  const walk = (v: Json): Json => {
    if (v.kind === 'string') return { kind: 'string', value: unescaped(v.value) };
    if (v.kind === 'array') return { kind: 'array', items: v.items.map(walk) };
    if (v.kind === 'object') return { kind: 'object', members: v.members.map((m) => ({ key: unescaped(m.key), value: walk(m.value) })) };
    return v;
  };
  const mended = walk(value);
  return print(mended) === print(value) ? undefined : mended;
}

type TemplateProps = {
  value: string;
  onChange: (value: string) => void;
  label: string;
  /** The label is only told to those who do not see it, as in rows. */
  quiet?: boolean;
  description?: ReactNode;
  placeholder?: string;
  error?: ReactNode;
  required?: boolean;
  rows?: number;
  disabled?: boolean;
};

/** A text that may hold variables. */
export function TemplateInput({ value, onChange, label, quiet, rows, description, placeholder, error, required, disabled }: TemplateProps) {
  const input = useRef<HTMLInputElement & HTMLTextAreaElement>(null);
  const pick = (tag: string) => {
    const box = input.current;
    const from = box?.selectionStart ?? value.length;
    const to = box?.selectionEnd ?? from;
    onChange(value.slice(0, from) + tag + value.slice(to));
    requestAnimationFrame(() => {
      box?.focus();
      box?.setSelectionRange(from + tag.length, from + tag.length);
    });
  };
  const shared = {
    ref: input,
    value,
    onChange: (e: { currentTarget: { value: string } }) => onChange(e.currentTarget.value),
    rightSection: <VariablePicker pick={pick} field={label} />,
    description,
    error,
    disabled: disabled ?? false,
    withAsterisk: required ?? false,
    spellCheck: false,
    autoComplete: 'off',
    autoCapitalize: 'none',
    styles: { input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 13 } },
    ...(placeholder ? { placeholder } : {}),
    ...(quiet ? { 'aria-label': label } : { label }),
  };
  return rows ? <Textarea {...shared} autosize minRows={rows} maxRows={16} /> : <TextInput {...shared} />;
}

type SettingProps = { setting: Setting; label: string; description?: ReactNode; placeholder?: string; required?: boolean; rows?: number };

/** A setting that is a text with variables. */
export function TemplateField({ setting, ...props }: SettingProps) {
  const { doc, edit } = useBuilder();
  const error = useProblem(setting);
  const value = get(doc, setting);
  const shown = asText(value);
  return (
    <Stack gap={6}>
      <TemplateInput
        {...props}
        value={shown ?? print(value as Json)}
        disabled={shown === undefined}
        error={error}
        onChange={(text) => edit((d) => putText(d, setting, text))}
        {...(shown === undefined ? { description: 'This is no plain text. Change it under Custom template.' } : {})}
      />
      <Warnings of={setting} />
    </Stack>
  );
}

/** A setting that is a text without variables. */
export function PlainField({ setting, label, description, placeholder, required }: SettingProps) {
  const { doc, edit } = useBuilder();
  const error = useProblem(setting);
  return (
    <Stack gap={6}>
      <TextInput
        label={label}
        description={description}
        placeholder={placeholder ?? ''}
        withAsterisk={required ?? false}
        value={asText(get(doc, setting)) ?? ''}
        error={error}
        autoComplete="off"
        onChange={(e) => {
          const typed = e.currentTarget.value;
          edit((d) => putText(d, setting, typed));
        }}
      />
      <Warnings of={setting} />
    </Stack>
  );
}

type FlagProps = { setting: Setting; absent: boolean; label: string; description?: ReactNode; /** Ticked means false. */ inverted?: boolean };

export function FlagField({ setting, absent, label, description, inverted = false }: FlagProps) {
  const { doc, edit } = useBuilder();
  const error = useProblem(setting);
  const checked = getFlag(doc, setting, absent) !== inverted;
  return (
    <Stack gap={6}>
      <Checkbox
        label={label}
        description={description}
        checked={checked}
        error={error}
        onChange={(e) => {
          const ticked = e.currentTarget.checked;
          edit((d) => putFlag(d, setting, ticked !== inverted, absent));
        }}
      />
      <Warnings of={setting} />
    </Stack>
  );
}
