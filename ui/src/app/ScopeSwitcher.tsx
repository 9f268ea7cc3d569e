import { Button, Menu, ScrollArea, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { IconBox, IconBuildingCommunity, IconChevronDown, IconPackages } from '@tabler/icons-react';
import { useLocation } from 'wouter';
import { api } from '../api/client';
import type { Organization, Product } from '../api/types';
import { useScope } from './scope';

const icons = { sandbox: IconBox, product: IconPackages, organization: IconBuildingCommunity };

/** What the person can choose as the place to work in. */
export function useScopes() {
  const products = useQuery({ queryKey: ['products'], queryFn: () => api.get<{ products: Product[] }>('/v1/user/products', { per_page: 100 }) });
  const organizations = useQuery({ queryKey: ['organizations'], queryFn: () => api.get<{ organizations: Organization[] }>('/v1/orgs', { per_page: 100 }) });
  return { products: products.data?.products ?? [], organizations: organizations.data?.organizations ?? [] };
}

export function ScopeSwitcher() {
  const scope = useScope();
  const { products, organizations } = useScopes();
  const [, go] = useLocation();
  const Icon = icons[scope.kind];
  return (
    <Menu position="bottom-start" width={280} withinPortal>
      <Menu.Target>
        <Button variant="default" size="sm" leftSection={<Icon size={16} />} rightSection={<IconChevronDown size={14} />} style={{ minWidth: 0, flexShrink: 1 }} aria-label={`Scope: ${scope.label}`}>
          <Text size="sm" fw={600} truncate>
            {scope.label}
          </Text>
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <ScrollArea.Autosize mah={420}>
          <Menu.Item leftSection={<IconBox size={16} />} onClick={() => go('~/')}>
            Sandbox
            <Text size="xs" c="dimmed">
              Your own devices
            </Text>
          </Menu.Item>
          {products.length > 0 && <Menu.Label>Products</Menu.Label>}
          {products.map((p) => (
            <Menu.Item key={p.id} leftSection={<IconPackages size={16} />} onClick={() => go(`~/products/${p.slug}`)}>
              {p.name}
            </Menu.Item>
          ))}
          {organizations.length > 0 && <Menu.Label>Organizations</Menu.Label>}
          {organizations.map((o) => (
            <Menu.Item key={o.id} leftSection={<IconBuildingCommunity size={16} />} onClick={() => go(`~/orgs/${o.slug}`)}>
              {o.name}
            </Menu.Item>
          ))}
        </ScrollArea.Autosize>
      </Menu.Dropdown>
    </Menu>
  );
}
