import { lazy } from 'react';
import { everywhere, type PageRoute } from '../app/routes';

export const builderRoutes: PageRoute[] = [
  { path: '/integrations/webhooks/create', kinds: everywhere, page: lazy(() => import('./CreatePage')) },
  { path: '/integrations/webhooks/:id/edit', kinds: everywhere, page: lazy(() => import('./EditPage')) },
];
