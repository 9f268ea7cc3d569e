import { createContext, useContext } from 'react';

/** The event that the preview is made for: one that is written here, or a recorded one. */
export type Sample = { event: { name: string; data: string; deviceID: string }; recorded?: { id: string; published_at: string } };

export type SampleState = Sample & { setSample: (sample: Sample) => void };

const Current = createContext<SampleState | null>(null);

export const SampleProvider = Current.Provider;

export function useSample(): SampleState {
  const state = useContext(Current);
  if (!state) throw new Error('useSample is for parts of the builder');
  return state;
}
