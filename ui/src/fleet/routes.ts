import { lazy } from 'react';
import type { PageRoute } from '../app/routes';

const ofDevices: PageRoute['kinds'] = ['sandbox', 'product'];

export const fleetRoutes: PageRoute[] = [
  { path: '/devices', kinds: ofDevices, page: lazy(() => import('./DevicesPage')) },
  { path: '/devices/import', kinds: ['product'], page: lazy(() => import('./ImportPage')) },
  { path: '/devices/:id', kinds: ofDevices, page: lazy(() => import('./DevicePage')) },
  { path: '/products', kinds: ['sandbox', 'organization'], page: lazy(() => import('./ProductsPage')) },
  { path: '/orgs', kinds: ['sandbox'], page: lazy(() => import('./OrganizationsPage')) },
  { path: '/settings', kinds: ['product', 'organization'], page: lazy(() => import('./SettingsPage')) },
];
