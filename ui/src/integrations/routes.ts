import { lazy } from 'react';
import { everywhere, type PageRoute } from '../app/routes';

export const integrationRoutes: PageRoute[] = [
  { path: '/integrations', kinds: everywhere, page: lazy(() => import('./ListPage')) },
  { path: '/integrations/webhooks/:id', kinds: everywhere, page: lazy(() => import('./ViewPage')) },
];
