import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import { api, type ApiFailure } from '../api/client';
import { follow, type StreamState } from '../api/stream';
import type { Schemas } from '../api/types';
import { useScope } from '../app/scope';
import { endSession } from '../app/session';
import { type Entry, entryOf, entryOfRecord } from './entry';
import { EventLog } from './log';

/** What was published before the page was opened, oldest first. */
async function recent(base: string, device: string | undefined, signal: AbortSignal): Promise<Entry[]> {
  const page = await api.get<Schemas['FoundEvents']>(`${base}/history/events`, { per_page: 100, device }, signal);
  return page.events.map(entryOfRecord).reverse();
}

/** Where the scope's live events come from; of one device where one is named. */
function streamOf(base: string, kind: string, device?: string): string {
  if (device) return `${base}/devices/${device}/events`;
  return kind === 'sandbox' ? '/v1/devices/events' : `${base}/events`;
}

/** Follows the events of the present scope, or of one of its devices. */
export function useEvents(device?: string) {
  const scope = useScope();
  const client = useQueryClient();
  const log = useMemo(() => new EventLog(), [scope.api, device]); // eslint-disable-line react-hooks/exhaustive-deps -- another scope or device is another log
  const [state, setState] = useState<StreamState>('connecting');
  const [failure, setFailure] = useState<ApiFailure>();
  useEffect(() => {
    const stop = new AbortController();
    let unfollow = () => {};
    const listen = (after?: number) => {
      if (stop.signal.aborted) return;
      unfollow = follow(
        streamOf(scope.api, scope.kind, device),
        {
          message: (m) => {
            const entry = entryOf(m);
            if (entry) log.add(entry);
          },
          state: (s, f) => {
            if (f?.status === 401) endSession(client);
            setState(s);
            setFailure(f);
          },
        },
        after === undefined ? undefined : String(after),
      );
    };
    // Live events go on behind the newest old one, or from the very first where there is none, so that none is missed between the two.
    recent(scope.api, device, stop.signal).then(
      (entries) => {
        log.addOlder(entries);
        listen(log.last ?? 0);
      },
      () => listen(log.last), // without them the page is just emptier
    );
    return () => {
      stop.abort();
      unfollow();
    };
  }, [scope.api, scope.kind, device, log, client]);
  const view = useSyncExternalStore(log.subscribe, log.snapshot);
  return { log, view, state, failure };
}
