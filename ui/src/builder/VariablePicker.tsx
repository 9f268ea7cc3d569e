import { ActionIcon, Combobox, ScrollArea, Text, Tooltip, useCombobox } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { IconBraces } from '@tabler/icons-react';
import { useState } from 'react';
import { api } from '../api/client';
import type { Schemas } from '../api/types';
import { type Scope, useScope } from '../app/scope';
import { useBuilder } from './context';
import { getList, putList } from './mapping';
import { useSample } from './sample';
import { useSecrets } from './secrets';
import { membersOf, ofProducts, predefined, tag, type Variable } from './variables';

/** The ledgers that templates of a scope may read: a product's owner holds them. */
function useLedgers(scope: Scope, wanted: boolean) {
  const base = scope.kind === 'organization' ? scope.api : scope.kind === 'product' && scope.product.org ? `/v1/orgs/${scope.product.org}` : '/v1';
  return useQuery({
    queryKey: ['ledgers', base, 'names'],
    enabled: wanted,
    queryFn: () => api.get<{ ledgers: Schemas['Ledger'][] }>(`${base}/ledgers`),
    select: (d) => d.ledgers.filter((l) => !l.archived).map((l) => l.name),
  });
}

type Group = { label: string; variables: Variable[] };

/** Offers what templates may name and gives the tag of what is chosen. Choosing a secret selects it for the integration. */
export function VariablePicker({ pick, field }: { pick: (tag: string) => void; field: string }) {
  const [search, setSearch] = useState('');
  const box = useCombobox({ onDropdownClose: () => setSearch('') });
  const { doc, edit } = useBuilder();
  const groups = useGroups(box.dropdownOpened);
  const choose = (name: string) => {
    const secret = groups.find((g) => g.label === secretsLabel)?.variables.some((v) => v.name === name);
    const selected = getList(doc, 'secrets');
    if (secret && !selected.includes(name)) edit((d) => putList(d, 'secrets', [...getList(d, 'secrets'), name]));
    box.closeDropdown();
    pick(tag(name));
  };
  const fits = (v: Variable) => `${v.name} ${v.meaning}`.toLowerCase().includes(search.trim().toLowerCase());
  const found = groups.map((g) => ({ ...g, variables: g.variables.filter(fits) })).filter((g) => g.variables.length > 0);
  return (
    <Combobox store={box} onOptionSubmit={choose} position="bottom-end" width={320} withinPortal>
      <Combobox.Target withAriaAttributes={false}>
        <Tooltip label="Insert a variable" openDelay={400} disabled={box.dropdownOpened}>
          <ActionIcon variant="subtle" color="gray" size="sm" onClick={() => box.toggleDropdown()} aria-label={`Insert a variable into ${field}`} aria-haspopup="listbox">
            <IconBraces size={16} />
          </ActionIcon>
        </Tooltip>
      </Combobox.Target>
      <Combobox.Dropdown>
        <Combobox.Search value={search} onChange={(e) => setSearch(e.currentTarget.value)} placeholder="Search variables" aria-label="Search variables" />
        <ScrollArea.Autosize mah={300} type="auto" viewportProps={{ tabIndex: 0 }}>
          <Combobox.Options aria-label="Variables">
            {found.map((group) => (
              <Combobox.Group key={group.label} label={group.label}>
                {group.variables.map((v) => (
                  <Combobox.Option key={v.name} value={v.name}>
                    <Text size="sm" className="fh-mono">
                      {v.name}
                    </Text>
                    <Text size="xs" c="dimmed">
                      {v.meaning}
                    </Text>
                  </Combobox.Option>
                ))}
              </Combobox.Group>
            ))}
            {found.length === 0 && <Combobox.Empty>Nothing is called so</Combobox.Empty>}
          </Combobox.Options>
        </ScrollArea.Autosize>
      </Combobox.Dropdown>
    </Combobox>
  );
}

const secretsLabel = 'Secrets';

function useGroups(opened: boolean): Group[] {
  const scope = useScope();
  const sample = useSample();
  const secrets = useSecrets(scope);
  const ledgers = useLedgers(scope, opened);
  if (!opened) return [];
  return [
    { label: 'Event', variables: predefined },
    { label: 'Members of the sample data', variables: membersOf(sample.event.data).map((name) => ({ name, meaning: 'From JSON data' })) },
    ...(scope.kind === 'sandbox' ? [] : [{ label: 'Product', variables: ofProducts }]),
    { label: secretsLabel, variables: (secrets.data ?? []).map((name) => ({ name, meaning: 'Hidden in everything that is recorded' })) },
    { label: 'Ledgers', variables: (ledgers.data ?? []).map((name) => ({ name: `LEDGER.${name}.`, meaning: 'Write the name of a member behind the dot' })) },
  ].filter((g) => g.variables.length > 0);
}
