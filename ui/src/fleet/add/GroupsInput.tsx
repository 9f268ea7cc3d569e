import { TagsInput } from '@mantine/core';
import { useGroups } from '../data';

type Props = { value?: string[]; onChange?: (groups: string[]) => void; error?: React.ReactNode; readOnly?: boolean };

/** The groups of a device: those of the product, or new ones. */
export function GroupsInput({ value, onChange, error, readOnly = false }: Props) {
  const groups = useGroups();
  return (
    <TagsInput
      label="Groups"
      description="Optional. A name that is not there yet makes a new group."
      data={(groups.data ?? []).map((g) => g.name)}
      value={value ?? []}
      {...(onChange ? { onChange: (names: string[]) => onChange([...new Set(names.flatMap((n) => n.toLowerCase().split(/[\s,]+/)).filter(Boolean))]) } : {})}
      error={error}
      readOnly={readOnly}
      splitChars={[',', ' ']}
    />
  );
}
