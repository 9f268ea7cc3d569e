import { createContext, useContext } from 'react';
import type { Organization, Product } from '../api/types';

/**
 * Where the person works: the sandbox (one's own devices), a product or an
 * organization. Pages are written once for all three: links are relative to the
 * scope's pages, and calls go to `api` + a path.
 */
export type Scope =
  | { kind: 'sandbox'; api: '/v1'; home: ''; label: string }
  | { kind: 'product'; api: string; home: string; label: string; product: Product }
  | { kind: 'organization'; api: string; home: string; label: string; organization: Organization };

export const sandbox: Scope = { kind: 'sandbox', api: '/v1', home: '', label: 'Sandbox' };

export function ofProduct(product: Product): Scope {
  return { kind: 'product', api: `/v1/products/${product.id}`, home: `/products/${product.slug}`, label: product.name, product };
}

export function ofOrganization(organization: Organization): Scope {
  return { kind: 'organization', api: `/v1/orgs/${organization.slug}`, home: `/orgs/${organization.slug}`, label: organization.name, organization };
}

const Current = createContext<Scope>(sandbox);

export const ScopeProvider = Current.Provider;

export function useScope(): Scope {
  return useContext(Current);
}

/**
 * The absolute address of a page of a scope, for links that leave the present
 * one: the router takes addresses without "~" as relative to the present scope.
 */
export function pageOf(scope: Scope, path: string): string {
  return `~${scope.home}${path}`;
}
