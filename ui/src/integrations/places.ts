import type { Organization, Product } from '../api/types';
import type { Scope } from '../app/scope';

export type How = 'copy' | 'move';

/** Where a copy can go. */
export type Place = { value: string; label: string; home: string; product?: Product; org?: Organization };
export type Places = { group: string; items: Place[] }[];

/** The scopes of a person, those apart to which nothing can be moved: the present one. */
export function placesOf(products: Product[], organizations: Organization[], here: Scope, how: How): Places {
  const isHere = (value: string) =>
    value === (here.kind === 'sandbox' ? 'sandbox' : here.kind === 'product' ? `product-${here.product.id}` : `org-${here.organization.id}`);
  const all: Places = [
    { group: 'Your own devices', items: [{ value: 'sandbox', label: 'Sandbox', home: '' }] },
    { group: 'Products', items: products.map((product) => ({ value: `product-${product.id}`, label: product.name, home: `/products/${product.slug}`, product })) },
    { group: 'Organizations', items: organizations.map((org) => ({ value: `org-${org.id}`, label: org.name, home: `/orgs/${org.slug}`, org })) },
  ];
  return all.map((g) => ({ ...g, items: g.items.filter((p) => how === 'copy' || !isHere(p.value)) })).filter((g) => g.items.length > 0);
}

/** The body of the call. */
export function bodyOf(how: How, place: Place, products: number[], disable: boolean): object {
  const to = place.product ? { product: place.product.id } : place.org ? { org: place.org.slug, product_ids: products } : { sandbox: true };
  return how === 'copy' ? { to, disable_original: disable } : { to };
}
