import { useCallback, useEffect, useRef, useState } from 'react';
import { api, type ApiFailure } from '../api/client';
import { follow, type StreamState } from '../api/stream';
import type { Hook, HookResponse } from './logic/explainer';
import type { Session } from './logic/webhook';

export type ServerTold = { kind: 'hook'; hook: Hook } | { kind: 'hookResponse'; response: HookResponse };

export type ServerState = {
  wanted: boolean;
  stream: StreamState | 'stopped';
  session?: Session;
  failure?: ApiFailure | undefined;
  /** Why it stopped by itself. */
  ended?: string;
};

/** How often the page says that it is still looked at. */
const pingEvery = 4 * 60_000;

/** A session of the demo's server, from start to stop. A stream that breaks begins a new one with another URL. */
export function useDemoSession(told: (t: ServerTold) => void) {
  const [state, setState] = useState<ServerState>({ wanted: false, stream: 'stopped' });
  const tell = useRef(told);
  useEffect(() => {
    tell.current = told;
  });
  const { wanted, session } = state;

  useEffect(() => {
    if (!wanted) return;
    const stop = follow('/demo/stream', {
      state: (stream, failure) => setState((s) => ({ wanted: s.wanted && stream !== 'failed', stream, failure, ...(stream === 'live' && s.session ? { session: s.session } : {}) })),
      message: (m) => {
        const data: unknown = JSON.parse(m.data);
        if (m.event === 'start') setState((s) => ({ wanted: s.wanted, stream: s.stream, session: data as Session }));
        else if (m.event === 'hook') tell.current({ kind: 'hook', hook: data as Hook });
        else if (m.event === 'hookResponse') tell.current({ kind: 'hookResponse', response: data as HookResponse });
        else if (m.event === 'end' && (data as { reason: string }).reason === 'limit') {
          setState({ wanted: false, stream: 'stopped', ended: 'The session ended, because this page was not looked at for half an hour. Start the demo again to go on.' });
        }
      },
    });
    return stop;
  }, [wanted]);

  useEffect(() => {
    if (!session) return;
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') void api.post(`/demo/control/${session.sessionId}`, { op: 'ping' }).catch(() => undefined); // a session that is over ends its stream, which tells
    }, pingEvery);
    return () => clearInterval(timer);
  }, [session]);

  const start = useCallback(() => setState({ wanted: true, stream: 'connecting' }), []);
  const stop = useCallback(() => setState({ wanted: false, stream: 'stopped' }), []);
  return { ...state, start, stop };
}
