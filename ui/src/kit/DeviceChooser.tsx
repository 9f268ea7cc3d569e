import { Select } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { api } from '../api/client';
import type { Device } from '../api/types';
import { useScope } from '../app/scope';

type Props = {
  /** The id of the chosen device. */
  value: string | null;
  onChange: (id: string | null, device?: Device) => void;
  label?: ReactNode;
  description?: ReactNode;
  error?: ReactNode;
  placeholder?: string;
};

/** Chooses a device of the scope; the hub searches ids, names and serial numbers. */
export function DeviceChooser({ value, onChange, label = 'Device', placeholder = 'Search by name, id or serial number', ...rest }: Props) {
  const scope = useScope();
  const [text, setText] = useState('');
  const [chosen, setChosen] = useState<Device>();
  const [search] = useDebouncedValue(text.trim(), 200);
  const base = scope.kind === 'product' ? scope.api : '/v1';
  const found = useQuery({
    queryKey: ['devices', base, 'chooser', search],
    queryFn: async ({ signal }) => {
      const got = await api.get<Device[] | { devices: Device[] }>(`${base}/devices`, { search, per_page: 25, sortAttr: 'deviceName' }, signal);
      return Array.isArray(got) ? got : got.devices;
    },
    placeholderData: keepPreviousData,
  });
  const named = (d: Device) => (d.name ? `${d.name} (${d.id.slice(0, 6)}…${d.id.slice(-4)})` : d.id);
  const known = [...(found.data ?? []), ...(chosen && !found.data?.some((d) => d.id === chosen.id) ? [chosen] : [])];
  const data = known.map((d) => ({ value: d.id, label: named(d) }));
  // One that only the address knows is shown by its id.
  if (value && !known.some((d) => d.id === value)) data.push({ value, label: value });
  return (
    <Select
      label={label}
      placeholder={placeholder}
      searchable
      clearable
      data={data}
      value={value}
      // The hub has searched; what it found is shown as it is.
      filter={({ options }) => options}
      onSearchChange={(typed) => setText(data.some((d) => d.label === typed) ? '' : typed)}
      onChange={(id) => {
        const device = known.find((d) => d.id === id);
        setChosen(device);
        onChange(id, device);
      }}
      nothingFoundMessage={found.isFetching ? 'Searching' : 'No such device'}
      {...rest}
    />
  );
}
