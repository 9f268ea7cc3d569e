import { ActionIcon, Alert, Group, Stack, Text, TextInput } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { notesAt, saying, useBuilder } from './context';
import { TemplateInput, Warnings } from './fields';
import { text } from './json';
import { getFields, putFields, rowText, rowValue, type Setting } from './mapping';

type Props = { setting: Setting; /** What one row is: "header". */ what: string; keepEmpty?: boolean; names?: string; values?: string };

/** Named values as rows. The last row is empty; writing in it makes it one more. */
export function Rows({ setting, what, keepEmpty = false, names = 'Name', values = 'Value' }: Props) {
  const { doc, edit, problems } = useBuilder();
  const members = getFields(doc, setting);
  if (!members) return <Alert role="note" color="gray">This is no list of names and values. Change it under Custom template.</Alert>;
  const write = (i: number, key: string, value: string) =>
    edit((d) => {
      const all = getFields(d, setting) ?? [];
      const old = all[i]?.value ?? text('');
      return putFields(d, setting, i < all.length ? all.with(i, { key, value: rowValue(old, value) }) : [...all, { key, value: text(value) }]);
    });
  const remove = (i: number) => edit((d) => putFields(d, setting, (getFields(d, setting) ?? []).toSpliced(i, 1), keepEmpty));
  const elsewhere = notesAt(problems, setting).filter((n) => !members.some((m) => n.field === `${setting}.${m.key}`));
  const rows = [...members, undefined];
  return (
    <Stack gap={6}>
      {rows.map((m, i) => {
        const problem = m && notesAt(problems, `${setting}.${m.key}`).map(saying)[0];
        const twice = m && members.findIndex((o) => o.key === m.key) < i;
        const nameless = m && m.key === '';
        return (
          <Group key={i} gap={6} align="flex-start" wrap="nowrap">
            <TextInput
              style={{ flex: '2 1 0', minWidth: 0 }}
              value={m?.key ?? ''}
              aria-label={m ? `Name of ${what} ${i + 1}` : `Name of a new ${what}`}
              placeholder={m ? names : `Add a ${what}`}
              error={twice ? 'This name is there already' : nameless ? 'A name is missing' : undefined}
              spellCheck={false}
              autoCapitalize="none"
              onChange={(e) => write(i, e.currentTarget.value, m ? rowText(m.value) : '')}
            />
            <div style={{ flex: '3 1 0', minWidth: 0 }}>
              <TemplateInput quiet label={m ? `Value of ${what} ${i + 1}` : `Value of a new ${what}`} placeholder={values} value={m ? rowText(m.value) : ''} error={problem} onChange={(v) => write(i, m?.key ?? '', v)} />
            </div>
            <ActionIcon variant="subtle" color="gray" mt={4} onClick={() => remove(i)} aria-label={`Remove ${what} ${m?.key || i + 1}`} style={m ? undefined : { visibility: 'hidden' }}>
              <IconX size={16} />
            </ActionIcon>
          </Group>
        );
      })}
      {elsewhere.map((n) => (
        <Text key={n.field + n.message} size="xs" c="red" role="alert">
          {saying(n)}
        </Text>
      ))}
      <Warnings of={setting} />
    </Stack>
  );
}
