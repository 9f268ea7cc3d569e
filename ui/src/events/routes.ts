import { lazy } from 'react';
import { everywhere, type PageRoute } from '../app/routes';

export const eventRoutes: PageRoute[] = [{ path: '/events', kinds: everywhere, page: lazy(() => import('./EventsPage')) }];
