import { lazy } from 'react';
import type { PageRoute } from '../app/routes';

const kinds: PageRoute['kinds'] = ['sandbox', 'organization'];

export const ledgerRoutes: PageRoute[] = [
  { path: '/ledgers', kinds, page: lazy(() => import('./LedgersPage')) },
  { path: '/ledgers/:name', kinds, page: lazy(() => import('./LedgerPage')) },
];
