import { useQuery } from '@tanstack/react-query';
import { Redirect, useLocation, useSearch } from 'wouter';
import { Loading, Missing } from '../kit/states';
import { productNamed } from './lists';
import { useScope } from './scope';

/**
 * An address that no page has. Other consoles put a product's pages right below
 * its slug, such as /lamp-v1/integrations: such links lead to the product here.
 */
export function Elsewhere() {
  const { kind } = useScope();
  const [path] = useLocation();
  const search = useSearch();
  const [, slug = '', rest = ''] = /^\/([^/]+)(\/.*)?$/.exec(path) ?? [];
  const product = useQuery({
    ...productNamed(slug),
    enabled: kind === 'sandbox' && slug !== '',
    retry: false,
  });
  if (product.data) return <Redirect to={`~/products/${product.data.product.slug}${rest}${search && `?${search}`}`} replace />;
  if (product.isLoading) return <Loading page />;
  return <Missing what="This page" />;
}
