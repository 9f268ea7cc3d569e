import { messageOf, request } from '../../api/client';
import type { Schemas } from '../../api/types';

/** What became of the ids of a list. */
export type Outcome = { added: string[]; existing: string[]; foreign: string[]; invalid: string[] };

export const nothingYet: Outcome = { added: [], existing: [], foreign: [], invalid: [] };

/** How far an import is. `sent` ids are settled; it goes on behind them. */
export type Progress = {
  state: 'ready' | 'running' | 'stopped' | 'failed' | 'done';
  ids: readonly string[];
  sent: number;
  outcome: Outcome;
  failure?: string;
};

/** How many ids go in one request: few enough that one sees it move. */
export const portion = 500;

export function outcomeOf(got: Schemas['Imported']): Outcome {
  return { added: got.updatedDeviceIds, existing: got.existingDeviceIds, foreign: got.nonmemberDeviceIds, invalid: got.invalidDeviceIds };
}

export function joined(a: Outcome, b: Outcome): Outcome {
  return { added: [...a.added, ...b.added], existing: [...a.existing, ...b.existing], foreign: [...a.foreign, ...b.foreign], invalid: [...a.invalid, ...b.invalid] };
}

/** Adds devices to a product in one request. */
export async function sendIds(base: string, ids: readonly string[], signal?: AbortSignal): Promise<Outcome> {
  const form = new FormData();
  form.set('file', new Blob([ids.join('\n')], { type: 'text/plain' }), 'ids.txt');
  return outcomeOf(await request<Schemas['Imported']>('POST', `${base}/devices`, form, signal));
}

type Send = (ids: readonly string[], signal: AbortSignal) => Promise<Outcome>;

/**
 * Goes on with an import until it is done, stopped or broken. Sending a portion
 * again does no harm, so one that was interrupted is simply sent again.
 */
export async function goOn(from: Progress, send: Send, signal: AbortSignal, told: (p: Progress) => void, size = portion): Promise<void> {
  const { failure: _, ...rest } = from;
  let now: Progress = { ...rest, state: 'running' };
  told(now);
  while (now.sent < now.ids.length) {
    const some = now.ids.slice(now.sent, now.sent + size);
    try {
      const outcome = await send(some, signal);
      now = { ...now, sent: now.sent + some.length, outcome: joined(now.outcome, outcome) };
    } catch (error) {
      return told(signal.aborted ? { ...now, state: 'stopped' } : { ...now, state: 'failed', failure: messageOf(error) });
    }
    if (signal.aborted) return told({ ...now, state: now.sent < now.ids.length ? 'stopped' : 'done' });
    told(now);
  }
  told({ ...now, state: 'done' });
}

