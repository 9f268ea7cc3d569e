import { Button, Collapse, Group, SegmentedControl, SimpleGrid, TextInput } from '@mantine/core';
import { useDebouncedCallback, useDisclosure } from '@mantine/hooks';
import { IconFilter } from '@tabler/icons-react';
import { useState } from 'react';
import { useSearchParams } from 'wouter';
import { type CallFilter, filterKeys, fromInput, isStatus, localInput } from './calls';

/** Filters of the recorded calls; they live in the address. */
export function CallFilters({ filter }: { filter: CallFilter }) {
  const [, setSearch] = useSearchParams();
  const used = filterKeys.filter((key) => key !== 'type' && filter[key] !== '').length;
  const [opened, { toggle }] = useDisclosure(used > 0);
  // Typed texts run ahead of the address, and begin anew when all is cleared.
  const [round, setRound] = useState(0);
  const set = (key: keyof CallFilter, value: string) =>
    setSearch(
      (now) => {
        if (value) now.set(key, value);
        else now.delete(key);
        return now;
      },
      { replace: true },
    );
  const clear = () => {
    setSearch(
      (now) => {
        for (const key of filterKeys) now.delete(key);
        return now;
      },
      { replace: true },
    );
    setRound((n) => n + 1);
  };
  return (
    <div>
      <Group gap="xs">
        <SegmentedControl
          size="xs"
          aria-label="Which calls"
          value={filter.type || 'all'}
          onChange={(v) => set('type', v === 'all' ? '' : v)}
          data={[
            { value: 'all', label: 'All' },
            { value: 'success', label: 'Successes' },
            { value: 'error', label: 'Errors' },
          ]}
        />
        <Button size="xs" variant={used ? 'light' : 'default'} leftSection={<IconFilter size={14} />} onClick={toggle} aria-expanded={opened}>
          {used ? `Filters (${used})` : 'Filters'}
        </Button>
        {(used > 0 || filter.type) && (
          <Button size="xs" variant="subtle" onClick={clear}>
            Clear
          </Button>
        )}
      </Group>
      <Collapse expanded={opened}>
        <SimpleGrid cols={{ base: 1, xs: 2, md: 5 }} spacing="xs" pt="xs" key={round}>
          <Typed label="Event name" value={filter.event} set={(v) => set('event', v)} />
          <Typed label="Device id" value={filter.device} set={(v) => set('device', v)} />
          <Typed label="Status" placeholder="503 or 5xx" value={filter.status} set={(v) => set('status', v)} valid={(v) => v === '' || isStatus(v)} wrong="Such as 503 or 5xx" />
          <TextInput size="xs" type="datetime-local" label="From" defaultValue={localInput(filter.from)} onChange={(e) => set('from', fromInput(e.currentTarget.value))} />
          <TextInput size="xs" type="datetime-local" label="To" defaultValue={localInput(filter.to)} onChange={(e) => set('to', fromInput(e.currentTarget.value))} />
        </SimpleGrid>
      </Collapse>
    </div>
  );
}

type TypedProps = { label: string; value: string; set: (v: string) => void; placeholder?: string; valid?: (v: string) => boolean; wrong?: string };

/** A text that filters a moment after the last key. */
function Typed({ label, value, set, placeholder, valid, wrong }: TypedProps) {
  const [text, setText] = useState(value);
  const later = useDebouncedCallback(set, 300);
  const ok = !valid || valid(text);
  return (
    <TextInput
      size="xs"
      label={label}
      placeholder={placeholder}
      value={text}
      error={ok ? undefined : wrong}
      onChange={(e) => {
        const next = e.currentTarget.value.trim();
        setText(next);
        if (!valid || valid(next)) later(next);
      }}
    />
  );
}
