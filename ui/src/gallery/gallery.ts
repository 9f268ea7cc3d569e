import { useQuery } from '@tanstack/react-query';
import { requestText } from '../api/client';
import type { Schemas } from '../api/types';
import type { JsonObject } from '../builder/json';
import { docOf } from '../builder/state';

export type Entry = Schemas['GalleryEntry'];

/** The gallery. It comes with the hub, so it does not change while a page is open. */
export function useGallery() {
  return useQuery({
    queryKey: ['gallery'],
    queryFn: async ({ signal }) => JSON.parse(await requestText('GET', '/v1/gallery', undefined, signal)) as Schemas['Gallery'],
    staleTime: Infinity,
  });
}

/** One entry, its template as it was written. */
export function useEntry(id: string) {
  return useQuery({
    queryKey: ['gallery', id],
    queryFn: async ({ signal }) => {
      const source = await requestText('GET', `/v1/gallery/${encodeURIComponent(id)}`, undefined, signal);
      const template = docOf(source).members.find((m) => m.key === 'template')?.value;
      return { entry: JSON.parse(source) as Entry, template: template as JsonObject };
    },
    staleTime: Infinity,
  });
}

export const logoOf = (id: string): string => `/v1/gallery/${encodeURIComponent(id)}/logo`;

/** The entries of a category that hold all words of a search. */
export function found(entries: Entry[], search: string, category: string): Entry[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  return entries.filter((e) => {
    const text = `${e.name} ${e.id} ${e.summary}`.toLowerCase();
    return (category === '' || e.category === category) && words.every((w) => text.includes(w));
  });
}
