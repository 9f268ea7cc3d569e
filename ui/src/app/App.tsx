import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { useState } from 'react';
import { ApiFailure } from '../api/client';
import { Boundary } from '../kit/Boundary';
import { noticeAway } from './Connection';
import { Doors } from './Doors';
import { endSession } from './session';
import { readable, theme } from './theme';

/** A question is asked again when the hub was away or overloaded, not when it said no. */
function again(count: number, error: unknown): boolean {
  const passing = error instanceof ApiFailure && (error.status === 0 || error.status === 429 || error.status >= 500);
  return passing && count < 2;
}

function newClient(): QueryClient {
  const client: QueryClient = new QueryClient({
    queryCache: new QueryCache({ onError: (error) => refused(error) }),
    mutationCache: new MutationCache({ onError: (error) => refused(error) }),
    defaultOptions: { queries: { retry: again, staleTime: 5_000 } },
  });
  const refused = (error: unknown) => {
    if (!(error instanceof ApiFailure)) return;
    if (error.status === 401) endSession(client);
    if (error.status === 0) noticeAway(client);
  };
  return client;
}

export function App() {
  const [client] = useState(newClient);
  return (
    <QueryClientProvider client={client}>
      <MantineProvider theme={theme} cssVariablesResolver={readable} defaultColorScheme="auto">
        <Notifications position="bottom-right" limit={4} />
        <Boundary>
          <Doors />
        </Boundary>
      </MantineProvider>
    </QueryClientProvider>
  );
}
