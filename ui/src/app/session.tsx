import { type QueryClient, useQuery, useQueryClient } from '@tanstack/react-query';
import { createContext, useContext } from 'react';
import { api, ApiFailure } from '../api/client';
import type { Session } from '../api/types';

const key = ['session'];

/** Who is logged in; null = nobody. */
export function useSessionQuery() {
  return useQuery({
    queryKey: key,
    queryFn: async () => {
      try {
        return await api.get<Session>('/v1/session');
      } catch (error) {
        if (error instanceof ApiFailure && error.status === 401) return null;
        throw error;
      }
    },
    staleTime: 60_000,
  });
}

const Current = createContext<Session | null>(null);

export const SessionProvider = Current.Provider;

/** The session of a page behind the login. */
export function useSession(): Session {
  const session = useContext(Current);
  if (!session) throw new Error('useSession is for pages behind the login');
  return session;
}

/** The hub knows the session no more: the login takes the place of the pages. */
export function endSession(client: QueryClient): void {
  client.setQueryData(key, null);
}

/** Logging in and out. Both forget everything that was loaded for somebody else. */
export function useSessionActions() {
  const client = useQueryClient();
  const become = (session: Session | null) => {
    client.clear();
    client.setQueryData(key, session);
  };
  return {
    logIn: async (credentials: { username: string; password: string } | { code: string }) => become(await api.post<Session>('/v1/session', credentials)),
    /** After the hub has ended the session by another way. */
    ended: () => become(null),
    logOut: async () => {
      await api.delete('/v1/session');
      become(null);
    },
  };
}
