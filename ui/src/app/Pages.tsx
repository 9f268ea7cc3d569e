import { Suspense } from 'react';
import { Route, Switch } from 'wouter';
import { accountRoutes } from '../account/routes';
import { adminRoutes } from '../admin/routes';
import { builderRoutes } from '../builder/routes';
import { eventRoutes } from '../events/routes';
import { fleetRoutes } from '../fleet/routes';
import { galleryRoutes } from '../gallery/routes';
import { integrationRoutes } from '../integrations/routes';
import { Loading } from '../kit/states';
import { ledgerRoutes } from '../ledgers/routes';
import { overviewRoutes } from '../overview/routes';
import { secretRoutes } from '../secrets/routes';
import { teamRoutes } from '../team/routes';
import { tutorialRoutes } from '../tutorial/routes';
import { usageRoutes } from '../usage/routes';
import { Elsewhere } from './Elsewhere';
import { useScope } from './scope';

/** Each room of the console lists its own pages; the first that fits is shown. */
const all = [...overviewRoutes, ...galleryRoutes, ...builderRoutes, ...integrationRoutes, ...eventRoutes, ...accountRoutes, ...tutorialRoutes, ...usageRoutes, ...fleetRoutes, ...teamRoutes, ...ledgerRoutes, ...secretRoutes, ...adminRoutes];

export function Pages() {
  const { kind } = useScope();
  return (
    <Suspense fallback={<Loading page />}>
      <Switch>
        {all
          .filter((route) => route.kinds.includes(kind))
          .map(({ path, page: Page }) => (
            <Route key={path} path={path}>
              <Page />
            </Route>
          ))}
        <Route>
          <Elsewhere />
        </Route>
      </Switch>
    </Suspense>
  );
}
