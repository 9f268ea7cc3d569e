import { lazy } from 'react';
import type { PageRoute } from '../app/routes';

export const adminRoutes: PageRoute[] = [{ path: '/admin', kinds: ['sandbox'], page: lazy(() => import('./AdminPage')) }];
