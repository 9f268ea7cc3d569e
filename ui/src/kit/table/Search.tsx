import { CloseButton, Group, Select, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { useState } from 'react';
import type { TableView } from './view';

type Props = { view: TableView; change: (part: Partial<TableView>) => void; label: string; by?: { value: string; label: string }[] };

/** The search of a table; it asks when one stops typing. */
export function Search({ view, change, label, by }: Props) {
  const [typed, setTyped] = useState(view.search);
  const [shown, setShown] = useState(view.search);
  const later = useDebouncedCallback((search: string) => change({ search }), 250);
  // The address changed by another way than this field, such as "back".
  if (view.search !== shown) {
    setShown(view.search);
    if (view.search !== typed.trim()) setTyped(view.search);
  }
  const type = (text: string) => {
    setTyped(text);
    later(text.trim());
  };
  return (
    <Group gap={6} wrap="nowrap" style={{ flex: '1 1 260px', maxWidth: 460 }}>
      {by && <Select w={120} flex="none" aria-label="Search in" allowDeselect={false} data={by} value={view.by} onChange={(v) => v && change({ by: v })} />}
      <TextInput
        style={{ flex: 1, minWidth: 0 }}
        type="search"
        aria-label={label}
        placeholder={label}
        leftSection={<IconSearch size={16} />}
        value={typed}
        onChange={(e) => type(e.currentTarget.value)}
        rightSection={typed ? <CloseButton size="sm" aria-label="Clear the search" onClick={() => type('')} /> : undefined}
      />
    </Group>
  );
}
