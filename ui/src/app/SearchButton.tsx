import { ActionIcon, Group, Kbd, Text, Tooltip, UnstyledButton } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { openPalette } from './palette-store';

/** Opens the search; Ctrl-K does the same. */
export function SearchButton() {
  return (
    <>
      <UnstyledButton
        visibleFrom="md"
        onClick={openPalette}
        px="sm"
        h={34}
        style={{ border: '1px solid var(--mantine-color-default-border)', borderRadius: 'var(--mantine-radius-md)' }}
      >
        <Group gap={8} wrap="nowrap">
          <IconSearch size={16} aria-hidden />
          <Text size="sm" c="dimmed">
            Search
          </Text>
          <Kbd size="xs">Ctrl K</Kbd>
        </Group>
      </UnstyledButton>
      <Tooltip label="Search (Ctrl K)">
        <ActionIcon hiddenFrom="md" variant="default" size={34} onClick={openPalette} aria-label="Search">
          <IconSearch size={17} />
        </ActionIcon>
      </Tooltip>
    </>
  );
}
