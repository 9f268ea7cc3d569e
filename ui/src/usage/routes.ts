import { lazy } from 'react';
import { everywhere, type PageRoute } from '../app/routes';

export const usageRoutes: PageRoute[] = [{ path: '/usage', kinds: everywhere, page: lazy(() => import('./UsagePage')) }];
