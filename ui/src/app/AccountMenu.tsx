import { ActionIcon, Avatar, Menu, SegmentedControl, Stack, Text, useMantineColorScheme } from '@mantine/core';
import { IconLogout, IconSettings } from '@tabler/icons-react';
import { Link, useLocation } from 'wouter';
import { tell } from '../kit/notify';
import { useSession, useSessionActions } from './session';

/** Account, appearance and logging out. */
export function AccountMenu() {
  const { username } = useSession();
  const { logOut } = useSessionActions();
  const [, go] = useLocation();
  const leave = () => logOut().then(() => go('~/login'), tell.failure('Not logged out'));
  return (
    <Menu position="bottom-end" width={240} withinPortal>
      <Menu.Target>
        <ActionIcon variant="subtle" size={36} radius="xl" aria-label={`Account of ${username}`}>
          <Avatar size={30} color="field" radius="xl" name={username} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{username}</Menu.Label>
        <Menu.Item component={Link} href="~/account" leftSection={<IconSettings size={16} />}>
          Account and tokens
        </Menu.Item>
        <Menu.Divider />
        <Appearance />
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => void leave()}>
          Log out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function Appearance() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <Stack gap={4} px="sm" py={6}>
      <Text size="xs" c="dimmed" id="appearance">
        Appearance
      </Text>
      <SegmentedControl
        size="xs"
        fullWidth
        aria-labelledby="appearance"
        value={colorScheme}
        onChange={(value) => setColorScheme(value as typeof colorScheme)}
        data={[
          { value: 'light', label: 'Light' },
          { value: 'dark', label: 'Dark' },
          { value: 'auto', label: 'System' },
        ]}
      />
    </Stack>
  );
}
