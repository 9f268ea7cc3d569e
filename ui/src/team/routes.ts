import { lazy } from 'react';
import type { PageRoute } from '../app/routes';

export const teamRoutes: PageRoute[] = [{ path: '/team', kinds: ['product', 'organization'], page: lazy(() => import('./TeamPage')) }];
