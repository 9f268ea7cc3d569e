import { lazy } from 'react';
import { everywhere, type PageRoute } from '../app/routes';

export const overviewRoutes: PageRoute[] = [{ path: '/', kinds: everywhere, page: lazy(() => import('./OverviewPage')) }];
