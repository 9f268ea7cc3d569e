import type { ComponentType, LazyExoticComponent } from 'react';
import type { Scope } from './scope';

/** A page of the console: its address within a scope, and the scopes that have it. */
export type PageRoute = {
  path: string;
  kinds: Scope['kind'][];
  page: LazyExoticComponent<ComponentType>;
};

export const everywhere: Scope['kind'][] = ['sandbox', 'product', 'organization'];
