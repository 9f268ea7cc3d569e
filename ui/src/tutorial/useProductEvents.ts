import { useEffect, useRef, useState } from 'react';
import { follow, type StreamState } from '../api/stream';
import type { Streamed } from './logic/explainer';

/** The stream stays open for so long after the demo stops, so that a quick restart opens no second one. */
const lingers = 5 * 60_000;

/** Follows all events of a product while the demo runs, and a little longer. */
export function useProductEvents(product: number | undefined, running: boolean, told: (e: Streamed) => void): StreamState | 'stopped' {
  const [watching, setWatching] = useState(false);
  const [state, setState] = useState<StreamState | 'stopped'>('stopped');
  const tell = useRef(told);
  useEffect(() => {
    tell.current = told;
  });

  if (running && !watching) setWatching(true);
  useEffect(() => {
    if (running) return;
    const timer = setTimeout(() => setWatching(false), lingers);
    return () => clearTimeout(timer);
  }, [running]);

  useEffect(() => {
    if (!watching || product === undefined) return;
    const stop = follow(`/v1/products/${product}/events`, {
      state: setState,
      message: (m) => {
        const e = JSON.parse(m.data) as { data: string | null; coreid: string; published_at: string };
        tell.current({ id: Number(m.id), name: m.event, data: e.data, coreid: e.coreid, publishedAt: e.published_at });
      },
    });
    return () => {
      stop();
      setState('stopped');
    };
  }, [watching, product]);
  return state;
}
