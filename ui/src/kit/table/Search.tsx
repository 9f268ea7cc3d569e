import { CloseButton, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { useState } from 'react';
import type { TableView } from './view';

type Props = { view: TableView; change: (part: Partial<TableView>) => void; label: string };

/** The search of a table; it asks when one stops typing. */
export function Search({ view, change, label }: Props) {
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
    <TextInput
      style={{ width: '100%', maxWidth: 420, minWidth: 0 }}
      type="search"
      aria-label={label}
      placeholder={label}
      leftSection={<IconSearch size={16} />}
      value={typed}
      onChange={(e) => type(e.currentTarget.value)}
      rightSection={typed ? <CloseButton size="sm" aria-label="Clear the search" onClick={() => type('')} /> : undefined}
    />
  );
}
