import { ActionIcon, Button, Group, Select, Stack, TagsInput, Text, TextInput } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { useScope } from '../app/scope';
import { type Condition, getConditions, operators, putConditions, typedValue } from './conditions';
import { notesAt, useBuilder } from './context';
import { Warnings } from './fields';
import { array, text } from './json';
import { asText, getField, putField } from './mapping';

/** Which events trigger it, besides the beginning of their names. */
export function FilterFields() {
  const { doc, edit, problems } = useBuilder();
  const { kind } = useScope();
  const devices = getField(doc, 'filter', 'devices');
  const problem = (place: string) => problems.find((p) => p.field === `filter.${place}` || p.field.startsWith(`filter.${place}[`))?.message;
  return (
    <Stack>
      <Conditions />
      <TagsInput
        label="Devices"
        description="Only these, by id. Empty: all."
        placeholder={devices ? '' : 'Write an id and press Enter'}
        value={devices?.kind === 'array' ? devices.items.map((v) => asText(v) ?? '') : []}
        error={problem('devices')}
        onChange={(ids) => edit((d) => putField(d, 'filter', ['devices'], ids.length > 0 ? array(ids.map(text)) : undefined))}
      />
      {kind !== 'sandbox' && (
        <TextInput
          label="Firmware version"
          description="One of =, !=, >, >=, < and <= with a version of the product's firmware"
          placeholder=">=3"
          value={asText(getField(doc, 'filter', 'firmware')) ?? ''}
          error={problem('firmware')}
          onChange={(e) => {
            const typed = e.currentTarget.value;
            edit((d) => putField(d, 'filter', ['firmware'], typed ? text(typed) : undefined));
          }}
        />
      )}
      {notesAt(problems, 'filter')
        .filter((p) => p.field === 'filter')
        .map((p) => (
          <Text key={p.message} size="xs" c="red" role="alert">
            {p.message}
          </Text>
        ))}
      <Warnings of="filter" />
    </Stack>
  );
}

function Conditions() {
  const { doc, edit } = useBuilder();
  const all = getConditions(doc);
  if (!all) {
    return (
      <Text size="sm" c="dimmed">
        These conditions are written in a way that rows cannot show. Change them under Custom template.
      </Text>
    );
  }
  const set = (next: Condition[]) => edit((d) => putConditions(d, next));
  return (
    <div>
      <Text size="sm" fw={500}>
        Conditions on the data
      </Text>
      <Text size="xs" c="dimmed" mb={6}>
        All of them must hold. The path leads into JSON data, such as gps.lat; an empty one means the whole data as text.
      </Text>
      <Stack gap={8}>
        {all.map((c, i) => (
          <ConditionRow key={i} at={i} condition={c} set={(next) => set(all.with(i, next))} remove={() => set(all.toSpliced(i, 1))} />
        ))}
        <Button size="compact-sm" variant="default" leftSection={<IconPlus size={14} />} onClick={() => set([...all, { path: '', op: '=', value: '', quoted: true }])} style={{ alignSelf: 'flex-start' }}>
          Add a condition
        </Button>
      </Stack>
    </div>
  );
}

function ConditionRow({ at, condition: c, set, remove }: { at: number; condition: Condition; set: (c: Condition) => void; remove: () => void }) {
  const { problems } = useBuilder();
  const here = `filter.data[${at}]`;
  const problem = problems.find((p) => p.field === here || p.field.startsWith(`${here}.`))?.message;
  const yesNo = c.op === 'exists';
  return (
    <div>
      <Group gap={6} wrap="nowrap" align="flex-start">
        <TextInput aria-label={`Path of condition ${at + 1}`} placeholder="gps.lat" value={c.path} onChange={(e) => set({ ...c, path: e.currentTarget.value })} style={{ flex: '2 1 0', minWidth: 0 }} spellCheck={false} />
        <Select
          aria-label={`Comparison of condition ${at + 1}`}
          data={operators}
          value={c.op}
          allowDeselect={false}
          onChange={(op) => op && set({ ...c, op, ...(op === 'exists' ? { value: 'true', quoted: false } : {}) })}
          style={{ flex: '2 1 0', minWidth: 0 }}
        />
        {yesNo ? (
          <Select
            aria-label={`Value of condition ${at + 1}`}
            data={[
              { value: 'true', label: 'yes' },
              { value: 'false', label: 'no' },
            ]}
            value={c.value === 'false' ? 'false' : 'true'}
            allowDeselect={false}
            onChange={(v) => set({ ...c, value: v ?? 'true', quoted: false })}
            style={{ flex: '2 1 0', minWidth: 0 }}
          />
        ) : (
          <TextInput aria-label={`Value of condition ${at + 1}`} placeholder="50" value={c.value} onChange={(e) => set(typedValue(c, e.currentTarget.value))} style={{ flex: '2 1 0', minWidth: 0 }} />
        )}
        <ActionIcon variant="subtle" color="gray" mt={4} onClick={remove} aria-label={`Remove condition ${at + 1}`}>
          <IconX size={16} />
        </ActionIcon>
      </Group>
      {problem && (
        <Text size="xs" c="red" role="alert">
          {problem}
        </Text>
      )}
    </div>
  );
}
