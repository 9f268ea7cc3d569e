import { lazy } from 'react';
import type { PageRoute } from '../app/routes';

export const tutorialRoutes: PageRoute[] = [{ path: '/demo', kinds: ['sandbox'], page: lazy(() => import('./DemoPage')) }];
