import { lazy } from 'react';
import type { PageRoute } from '../app/routes';

export const accountRoutes: PageRoute[] = [{ path: '/account', kinds: ['sandbox'], page: lazy(() => import('./AccountPage')) }];
