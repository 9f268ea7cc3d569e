import { expect, it } from 'vitest';
import type { Organization, Product } from '../api/types';
import { ofProduct, sandbox } from '../app/scope';
import { bodyOf, placesOf } from './places';

const lamps = { id: 7, name: 'Lamps', slug: 'lamps-v1' } as Product;
const acme = { id: 'a', name: 'Acme', slug: 'acme' } as Organization;

it('offers all scopes for a copy, and the others for a move', () => {
  const values = (here: Parameters<typeof placesOf>[2], how: 'copy' | 'move') => placesOf([lamps], [acme], here, how).flatMap((g) => g.items.map((p) => p.value));
  expect(values(sandbox, 'copy')).toEqual(['sandbox', 'product-7', 'org-a']);
  expect(values(sandbox, 'move')).toEqual(['product-7', 'org-a']);
  expect(values(ofProduct(lamps), 'move')).toEqual(['sandbox', 'org-a']);
  expect(placesOf([], [], sandbox, 'move')).toEqual([]);
});

it('says where to in the words of the API', () => {
  const [own, product, org] = placesOf([lamps], [acme], sandbox, 'copy').flatMap((g) => g.items);
  expect(own && bodyOf('copy', own, [], true)).toEqual({ to: { sandbox: true }, disable_original: true });
  expect(product && bodyOf('move', product, [], true)).toEqual({ to: { product: 7 } });
  expect(org && bodyOf('copy', org, [7], false)).toEqual({ to: { org: 'acme', product_ids: [7] }, disable_original: false });
});
