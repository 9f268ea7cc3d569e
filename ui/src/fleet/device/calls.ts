import type { Call, Integration } from '../../api/types';

/** A recorded call and the integration that made it. */
export type CallOf = { integration: Integration; call: Call };

/** Merges the calls of integrations, newest first. */
export function newest(lists: readonly { integration: Integration; calls: readonly Call[] }[], most: number): CallOf[] {
  const all = lists.flatMap(({ integration, calls }) => calls.map((call) => ({ integration, call })));
  return all.sort((a, b) => Date.parse(b.call.time) - Date.parse(a.call.time)).slice(0, most);
}
