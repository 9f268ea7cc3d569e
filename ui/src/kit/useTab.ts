import { useSearchParams } from 'wouter';

/** The opened tab, kept in the address; the first one is left out there. Other filters go with their tab. */
export function useTab<T extends string>(tabs: readonly T[]): [T, (tab: string | null) => void] {
  const [params, setParams] = useSearchParams();
  const first = tabs[0] as T;
  const tab = tabs.find((t) => t === params.get('tab')) ?? first;
  return [tab, (next) => setParams(next && next !== first ? { tab: next } : {})];
}
