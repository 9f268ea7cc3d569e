import '@mantine/spotlight/styles.css';
import { useMantineColorScheme } from '@mantine/core';
import { Spotlight, type SpotlightActionGroupData } from '@mantine/spotlight';
import { useQuery } from '@tanstack/react-query';
import { IconSearch } from '@tabler/icons-react';
import { useLocation } from 'wouter';
import { integrationsOf } from './lists';
import { navigation } from './nav';
import { paletteStore } from './palette-store';
import { pageOf, useScope } from './scope';
import { useScopes } from './ScopeSwitcher';
import { useSession } from './session';

/** The search over pages, integrations, products and organizations (Ctrl-K). */
export default function Palette() {
  const groups = useGroups();
  return (
    <Spotlight
      store={paletteStore}
      actions={groups}
      shortcut={['mod + K', '/']}
      scrollable
      maxHeight={420}
      limit={30}
      nothingFound="Nothing found"
      searchProps={{ leftSection: <IconSearch size={18} />, placeholder: 'Pages, integrations, products…', 'aria-label': 'Search' }}
    />
  );
}

function useGroups(): SpotlightActionGroupData[] {
  const scope = useScope();
  const { admin } = useSession();
  const [, navigate] = useLocation();
  const go = (path: string) => navigate(path.startsWith('~') ? path : pageOf(scope, path));
  const { setColorScheme } = useMantineColorScheme();
  const { products, organizations } = useScopes();
  const integrations = useQuery(integrationsOf(scope));
  return [
    {
      group: 'Pages',
      actions: navigation
        .filter((item) => item.kinds.includes(scope.kind) && (admin || !item.admin))
        .map((item) => ({ id: item.path, label: item.label, description: scope.label, onClick: () => go(item.path) })),
    },
    {
      group: 'Do',
      actions: [
        { id: 'new', label: 'New integration', description: 'Choose from the gallery', onClick: () => go('/integrations/gallery') },
        { id: 'custom', label: 'New custom webhook', onClick: () => go('/integrations/webhooks/create') },
        { id: 'dark', label: 'Dark appearance', onClick: () => setColorScheme('dark') },
        { id: 'light', label: 'Light appearance', onClick: () => setColorScheme('light') },
      ],
    },
    {
      group: 'Integrations',
      actions: (integrations.data ?? []).map((i) => ({ id: i.id, label: i.name || i.event, description: i.url, onClick: () => go(`/integrations/webhooks/${i.id}`) })),
    },
    { group: 'Products', actions: products.map((p) => ({ id: `p${p.id}`, label: p.name, description: p.slug, onClick: () => go(`~/products/${p.slug}`) })) },
    { group: 'Organizations', actions: organizations.map((o) => ({ id: o.id, label: o.name, description: o.slug, onClick: () => go(`~/orgs/${o.slug}`) })) },
  ];
}
