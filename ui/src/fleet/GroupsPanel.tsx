import { ActionIcon, Anchor, Button, Card, ColorInput, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconPencil, IconPlus, IconTags, IconTrash } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { api } from '../api/client';
import type { Schemas } from '../api/types';
import { useMay } from '../app/rights';
import { useScope } from '../app/scope';
import { Confirm } from '../kit/Confirm';
import { FormEnd } from '../kit/FormEnd';
import { Guard } from '../kit/Guard';
import { tell } from '../kit/notify';
import { Answered, Empty } from '../kit/states';
import { useLast } from '../kit/useLast';
import { useSubmit } from '../kit/useSubmit';
import { useGroups, useRefreshDevices } from './data';

type Named = Schemas['Group'];

/** The groups of a product: made, changed and deleted here; devices join them on their own pages. */
export function GroupsPanel({ show }: { show: (group: string) => void }) {
  const scope = useScope();
  const groups = useGroups();
  const refresh = useRefreshDevices();
  const may = useMay();
  const [editing, setEditing] = useState<Named | 'new'>();
  const title = useLast(editing === 'new' ? 'New group' : `The group ${editing?.name}`, editing !== undefined);
  const [deleting, setDeleting] = useState<Named>();
  const create = (
    <Guard action="groups:create">
      <Button variant="light" leftSection={<IconPlus size={16} />} onClick={() => setEditing('new')}>
        New group
      </Button>
    </Guard>
  );
  return (
    <>
      <Answered query={groups} what="The list of groups" rows={4}>
        {(all) => <Listed all={all} create={create} show={show} edit={may('groups:update').may ? setEditing : undefined} remove={setDeleting} />}
      </Answered>
      <Modal opened={Boolean(editing)} onClose={() => setEditing(undefined)} title={title} centered>
        {editing && <GroupForm group={editing === 'new' ? undefined : editing} onClose={() => setEditing(undefined)} />}
      </Modal>
      <Confirm
        opened={Boolean(deleting)}
        onClose={() => setDeleting(undefined)}
        title={`Delete the group ${deleting?.name}?`}
        action="Delete"
        onConfirm={() => api.delete(`${scope.api}/groups/${encodeURIComponent(deleting?.name ?? '')}`).then(refresh)}
      >
        Its devices stay in the product.
      </Confirm>
    </>
  );
}

type ListedProps = { all: Named[]; create: ReactNode; show: (group: string) => void; edit: ((g: Named) => void) | undefined; remove: (g: Named) => void };

function Listed({ all, create, show, edit, remove }: ListedProps) {
  if (all.length === 0) {
    return (
      <Empty icon={IconTags} title="No groups yet" action={create}>
        A group is a name for some devices of the product, to find them by. A device may be in several.
      </Empty>
    );
  }
  return (
    <Stack gap="sm">
      <Group>{create}</Group>
      {all.map((g) => (
        <Card key={g.name} withBorder padding="sm">
          <Group justify="space-between" wrap="nowrap">
            <div style={{ minWidth: 0 }}>
              <Group gap={8}>
                <span aria-hidden style={{ width: 10, height: 10, borderRadius: 5, background: g.color || 'var(--mantine-color-gray-5)' }} />
                <Text fw={600}>{g.name}</Text>
                <Anchor component="button" type="button" size="sm" onClick={() => show(g.name)}>
                  {g.device_count.toLocaleString()} {g.device_count === 1 ? 'device' : 'devices'}
                </Anchor>
              </Group>
              {g.description && (
                <Text size="sm" c="dimmed">
                  {g.description}
                </Text>
              )}
            </div>
            {edit && (
              <Group gap={4} wrap="nowrap">
                <ActionIcon variant="subtle" color="gray" aria-label={`Change the group ${g.name}`} onClick={() => edit(g)}>
                  <IconPencil size={17} />
                </ActionIcon>
                <ActionIcon variant="subtle" color="red" aria-label={`Delete the group ${g.name}`} onClick={() => remove(g)}>
                  <IconTrash size={17} />
                </ActionIcon>
              </Group>
            )}
          </Group>
        </Card>
      ))}
    </Stack>
  );
}

function GroupForm({ group, onClose }: { group: Named | undefined; onClose: () => void }) {
  const scope = useScope();
  const refresh = useRefreshDevices();
  const form = useForm({
    initialValues: { name: group?.name ?? '', description: group?.description ?? '', color: group?.color ?? '' },
    validate: { name: (v) => (/^[a-z0-9_-]+$/.test(v) ? null : 'Lower-case letters, digits, dashes and underscores') },
  });
  const { busy, failure, run } = useSubmit(form, ['name', 'description', 'color']);
  const save = form.onSubmit(async (values) => {
    const saved = await run(() => (group ? api.put(`${scope.api}/groups/${encodeURIComponent(group.name)}`, values) : api.post(`${scope.api}/groups`, values)));
    if (!saved) return;
    tell.done(`Saved the group ${values.name}`);
    onClose();
    await refresh();
  });
  return (
    <form onSubmit={save}>
      <Stack>
        <TextInput label="Name" data-autofocus {...form.getInputProps('name')} />
        <TextInput label="Description" {...form.getInputProps('description')} />
        <ColorInput label="Colour" format="hex" swatches={['#14916c', '#1c7ed6', '#7048e8', '#d6336c', '#e8590c', '#f08c00']} {...form.getInputProps('color')} />
        <FormEnd failure={failure} busy={busy} onCancel={onClose} action="Save" />
      </Stack>
    </form>
  );
}
