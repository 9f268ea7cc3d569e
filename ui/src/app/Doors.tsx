import { useQuery } from '@tanstack/react-query';
import { lazy, type ReactNode, Suspense } from 'react';
import { Redirect, Route, Switch, useLocation, useParams, useSearch } from 'wouter';
import { api, messageOf } from '../api/client';
import type { Organization } from '../api/types';
import { Boundary } from '../kit/Boundary';
import { Denied, Failed, Loading } from '../kit/states';
import { productNamed } from './lists';
import { Pages } from './Pages';
import { ofOrganization, ofProduct, type Scope, sandbox, ScopeProvider } from './scope';
import { SessionProvider, useSessionQuery } from './session';
import { Shell } from './Shell';

const LoginPage = lazy(() => import('../account/LoginPage'));

/** The login, and behind it the pages of each scope under its own address. */
export function Doors() {
  return (
    <Suspense fallback={<Loading page />}>
      <Switch>
        <Route path="/login">
          <LoginPage />
        </Route>
        <Route>
          <Behind>
            <Switch>
              <Route path="/products/:slug" nest>
                <ProductScope />
              </Route>
              <Route path="/orgs/:slug" nest>
                <OrganizationScope />
              </Route>
              <Route>
                <In scope={sandbox} />
              </Route>
            </Switch>
          </Behind>
        </Route>
      </Switch>
    </Suspense>
  );
}

/** Lets those in who are logged in, and sends the others to the login and back. */
function Behind({ children }: { children: ReactNode }) {
  const session = useSessionQuery();
  const [path] = useLocation();
  const search = useSearch();
  if (session.isPending) return <Loading page />;
  // A page stays open while the hub is away; only the first answer has to come.
  if (session.data === undefined && session.isError) return <Failed page message={messageOf(session.error)} again={() => void session.refetch()} />;
  if (!session.data) {
    const here = search ? `${path}?${search}` : path;
    return <Redirect to={here === '/' ? '/login' : `/login?next=${encodeURIComponent(here)}`} replace />;
  }
  return <SessionProvider value={session.data}>{children}</SessionProvider>;
}

function In({ scope }: { scope: Scope }) {
  const [path] = useLocation();
  return (
    <ScopeProvider value={scope}>
      <Shell>
        <Boundary at={`${scope.home}${path}`}>
          <Pages key={scope.api} />
        </Boundary>
      </Shell>
    </ScopeProvider>
  );
}

function ProductScope() {
  const slug = useParams()['slug'] ?? '';
  const product = useQuery(productNamed(slug));
  return <Opened what="product" name={slug} query={product} scope={product.data && ofProduct(product.data.product)} />;
}

function OrganizationScope() {
  const slug = useParams()['slug'] ?? '';
  const org = useQuery({ queryKey: ['organization', slug], queryFn: () => api.get<{ organization: Organization }>(`/v1/orgs/${encodeURIComponent(slug)}`) });
  return <Opened what="organization" name={slug} query={org} scope={org.data && ofOrganization(org.data.organization)} />;
}

type Opening = { isPending: boolean; error: unknown; refetch: () => unknown };

function Opened({ what, name, query, scope }: { what: string; name: string; query: Opening; scope: Scope | undefined }) {
  if (scope) return <In scope={scope} />;
  if (query.isPending) return <Loading page />;
  return (
    <Shell>
      <Denied what={`The ${what} ${name}`} error={query.error} again={() => void query.refetch()} />
    </Shell>
  );
}
