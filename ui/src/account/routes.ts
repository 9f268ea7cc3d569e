import type { PageRoute } from '../app/routes';

export const accountRoutes: PageRoute[] = [];
