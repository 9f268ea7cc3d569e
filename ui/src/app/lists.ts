import { queryOptions } from '@tanstack/react-query';
import { api } from '../api/client';
import type { Integration, Product, Schemas } from '../api/types';
import type { Scope } from './scope';

/**
 * What several parts of the console ask for. What is kept under a key has one
 * shape for all of them, so each key is spelled here alone.
 */

/** The product of an address, by its slug. */
export function productNamed(slug: string) {
  return queryOptions({ queryKey: ['product', slug], queryFn: () => api.get<Schemas['OneProduct']>(`/v1/products/${encodeURIComponent(slug)}`) });
}

/** The products of an organization; elsewhere those that one has a part in. */
export function productsOf(scope: Scope) {
  const path = scope.kind === 'organization' ? `${scope.api}/products` : '/v1/user/products';
  return queryOptions({ queryKey: ['products', scope.api], queryFn: async () => (await api.get<{ products: Product[] }>(path, { per_page: 1_000 })).products });
}

export function secretsOf(scope: Scope) {
  return queryOptions({ queryKey: ['secrets', scope.api], queryFn: async () => (await api.get<{ secrets: Schemas['Secret'][] }>(`${scope.api}/secrets`)).secrets });
}

export function integrationsOf(scope: Scope) {
  return queryOptions({ queryKey: ['integrations', scope.api], queryFn: () => api.get<Integration[]>(`${scope.api}/integrations`) });
}
