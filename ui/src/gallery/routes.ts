import { lazy } from 'react';
import { everywhere, type PageRoute } from '../app/routes';

export const galleryRoutes: PageRoute[] = [
  { path: '/integrations/gallery', kinds: everywhere, page: lazy(() => import('./GalleryPage')) },
  { path: '/integrations/gallery/:id', kinds: everywhere, page: lazy(() => import('./EntryPage')) },
];
