import { AppShell, Burger, Divider, Group, NavLink, ScrollArea, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { lazy, type ReactNode, Suspense } from 'react';
import { Link, useLocation } from 'wouter';
import { Boundary } from '../kit/Boundary';
import { AccountMenu } from './AccountMenu';
import { Connection } from './Connection';
import { type NavItem, navigation, outside } from './nav';
import { pageOf, useScope } from './scope';
import { ScopeSwitcher } from './ScopeSwitcher';
import { SearchButton } from './SearchButton';
import { useSession } from './session';

const Palette = lazy(() => import('./Palette'));

/** The frame of every page: scope, search, account above; the scope's pages on the left. */
export function Shell({ children }: { children: ReactNode }) {
  const [opened, { toggle, close }] = useDisclosure();
  return (
    <AppShell header={{ height: 56 }} navbar={{ width: 232, breakpoint: 'sm', collapsed: { mobile: !opened } }} padding={{ base: 'sm', sm: 'lg' }}>
      <a className="fh-skip" href="#content">
        Skip to the content
      </a>
      <AppShell.Header>
        <Group h="100%" px={{ base: 'xs', sm: 'md' }} gap="xs" wrap="nowrap">
          <Burger opened={opened} onClick={toggle} hiddenFrom="sm" size="sm" aria-label={opened ? 'Close the navigation' : 'Open the navigation'} />
          <Brand />
          <ScopeSwitcher />
          <Group ml="auto" gap="xs" wrap="nowrap">
            <Connection />
            <SearchButton />
            <AccountMenu />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" aria-label="Pages">
        <ScrollArea h="100%" type="auto">
          <Navigation onPick={close} />
        </ScrollArea>
      </AppShell.Navbar>
      <AppShell.Main id="content" tabIndex={-1}>
        {children}
      </AppShell.Main>
      <Boundary quiet>
        <Suspense>
          <Palette />
        </Suspense>
      </Boundary>
    </AppShell>
  );
}

function Brand() {
  return (
    <Link href="~/" aria-label="Fieldhook, overview" style={{ textDecoration: 'none', color: 'inherit' }}>
      <Group gap={8} wrap="nowrap">
        <img src="/favicon.svg" alt="" width={28} height={28} />
        <Text fw={700} visibleFrom="sm">
          Fieldhook
        </Text>
      </Group>
    </Link>
  );
}

function Navigation({ onPick }: { onPick: () => void }) {
  const { kind } = useScope();
  const { admin } = useSession();
  const items = navigation.filter((item) => item.kinds.includes(kind) && (admin || !item.admin));
  const groups = (['work', 'manage', 'learn'] as const).map((group) => items.filter((item) => item.group === group)).filter((g) => g.length > 0);
  return (
    <Stack gap={4}>
      {groups.map((group, i) => (
        <div key={group[0]?.group}>
          {i > 0 && <Divider my={6} />}
          {group.map((item) => (
            <Item key={item.path} item={item} onPick={onPick} />
          ))}
        </div>
      ))}
      <Divider my={6} />
      {outside.map(({ label, href, icon: Icon }) => (
        <NavLink key={href} component="a" href={href} label={label} leftSection={<Icon size={18} stroke={1.7} />} />
      ))}
    </Stack>
  );
}

function Item({ item, onPick }: { item: NavItem; onPick: () => void }) {
  const [path] = useLocation();
  const scope = useScope();
  const active = item.path === '/' ? path === '/' : path === item.path || path.startsWith(`${item.path}/`);
  const Icon = item.icon;
  return (
    <NavLink
      component={Link}
      // Absolute: at the address of a product that is not there, the pages are the sandbox's.
      href={pageOf(scope, item.path)}
      label={item.label}
      active={active}
      aria-current={active ? 'page' : undefined}
      onClick={onPick}
      leftSection={<Icon size={18} stroke={1.7} />}
      style={{ borderRadius: 'var(--mantine-radius-md)' }}
    />
  );
}
