import {
  IconActivity,
  IconBook2,
  IconBuildingCommunity,
  IconChartBar,
  IconCpu,
  IconDatabase,
  IconHome,
  IconKey,
  IconPackages,
  IconSchool,
  IconSettings,
  IconShieldCog,
  IconUsers,
  IconWebhook,
} from '@tabler/icons-react';
import type { ComponentType } from 'react';
import { everywhere } from './routes';
import type { Scope } from './scope';

/** An entry of the navigation. `path` is within the scope. */
export type NavItem = {
  label: string;
  path: string;
  icon: ComponentType<{ size?: number; stroke?: number }>;
  kinds: Scope['kind'][];
  group: 'work' | 'manage' | 'learn';
  /** Only for administrators of the hub. */
  admin?: boolean;
};

export const navigation: NavItem[] = [
  { label: 'Overview', path: '/', icon: IconHome, kinds: everywhere, group: 'work' },
  { label: 'Events', path: '/events', icon: IconActivity, kinds: everywhere, group: 'work' },
  { label: 'Integrations', path: '/integrations', icon: IconWebhook, kinds: everywhere, group: 'work' },
  { label: 'Devices', path: '/devices', icon: IconCpu, kinds: ['sandbox', 'product'], group: 'work' },
  { label: 'Products', path: '/products', icon: IconPackages, kinds: ['sandbox', 'organization'], group: 'work' },
  { label: 'Organizations', path: '/orgs', icon: IconBuildingCommunity, kinds: ['sandbox'], group: 'work' },
  { label: 'Ledgers', path: '/ledgers', icon: IconDatabase, kinds: ['sandbox', 'organization'], group: 'manage' },
  { label: 'Secrets', path: '/secrets', icon: IconKey, kinds: everywhere, group: 'manage' },
  { label: 'Team', path: '/team', icon: IconUsers, kinds: ['product', 'organization'], group: 'manage' },
  { label: 'Usage', path: '/usage', icon: IconChartBar, kinds: everywhere, group: 'manage' },
  { label: 'Settings', path: '/settings', icon: IconSettings, kinds: ['product', 'organization'], group: 'manage' },
  { label: 'Administration', path: '/admin', icon: IconShieldCog, kinds: ['sandbox'], group: 'manage', admin: true },
  { label: 'Webhook demo', path: '/demo', icon: IconSchool, kinds: ['sandbox'], group: 'learn' },
];

/** Pages of the hub that are no pages of the console. */
export const outside = [{ label: 'API reference', href: '/docs', icon: IconBook2 }];
