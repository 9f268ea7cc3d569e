import { lazy } from 'react';
import { everywhere, type PageRoute } from '../app/routes';

export const secretRoutes: PageRoute[] = [{ path: '/secrets', kinds: everywhere, page: lazy(() => import('./SecretsPage')) }];
