/**
 * Follows each event of the demo through its steps: event, hook-sent, request
 * received, data, response sent, hook-response or hook-error. What is told comes
 * over two streams and so in any order; the steps are always in theirs.
 */
import type { Values } from './marks';
import { eventName } from './webhook';

/** An event of the product's stream. */
export type Streamed = { id: number; name: string; data: string | null; coreid: string; publishedAt: string };

/** A request that arrived at the demo's server. */
export type Hook = {
  hookId: number;
  receivedAt: string;
  method: string;
  originalUrl: string;
  headers: string;
  query: string;
  body: string;
  base64?: boolean;
  truncated?: boolean;
};

/** What the demo's server answered. */
export type HookResponse = { hookId: number; statusCode: number; contentType: string; body: string; elapsedMs: number; unsent?: boolean };

/** One event's way. */
export type Walk = {
  /** The device and the time of the event, which the request repeats. */
  key: string;
  device: string;
  event?: Streamed;
  sent?: Streamed;
  hook?: Hook;
  answer?: HookResponse;
  /** The parts of the response in the order of their numbers, or one error. */
  results: Streamed[];
};

/** Oldest first. */
export type Walks = Walk[];

export type Told = { kind: 'event'; event: Streamed } | { kind: 'hook'; hook: Hook } | { kind: 'hookResponse'; response: HookResponse } | { kind: 'clear' };

/** How many ways are kept. */
export const maxWalks = 30;

export function explain(walks: Walks, told: Told): Walks {
  switch (told.kind) {
    case 'clear':
      return [];
    case 'hook':
      return withHook(walks, told.hook);
    case 'hookResponse':
      return walks.map((w) => (w.hook?.hookId === told.response.hookId ? { ...w, answer: told.response } : w));
    case 'event':
      return withEvent(walks, told.event);
  }
}

function withEvent(walks: Walks, event: Streamed): Walks {
  if (event.name === eventName) {
    return upsert(walks, { key: keyOf(event.coreid, event.publishedAt), device: event.coreid }, (w) => ({ ...w, event }));
  }
  if (event.name === `hook-sent/${eventName}`) return withSent(walks, event);
  const result = resultOf(event.name);
  return result ? withResult(walks, event, result) : walks;
}

function keyOf(device: string, time: string): string {
  return `${device} ${time}`;
}

/** Changes the way of that key, or the new one that is made for it. */
function upsert(walks: Walks, made: { key: string; device: string }, change: (w: Walk) => Walk): Walks {
  if (walks.some((w) => w.key === made.key)) return walks.map((w) => (w.key === made.key ? change(w) : w));
  return [...walks, change({ ...made, results: [] })].slice(-maxWalks);
}

/** A request belongs to the event whose device and time it repeats; a body that tells neither, to the newest event that has none. */
function withHook(walks: Walks, hook: Hook): Walks {
  const { deviceId, ts } = object(hook.body);
  if (typeof deviceId === 'string' && typeof ts === 'string') {
    return upsert(walks, { key: keyOf(deviceId, ts), device: deviceId }, (w) => ({ ...w, hook }));
  }
  const target = walks.findLast((w) => !w.hook);
  return walks.map((w) => (w === target ? { ...w, hook } : w));
}

/** The hub writes hook-sent just before the outcome, without a device: the way is guessed, and put right when the outcome comes. */
function withSent(walks: Walks, sent: Streamed): Walks {
  const target = walks.find((w) => !w.sent && w.answer) ?? walks.find((w) => !w.sent && w.results.length === 0);
  return walks.map((w) => (w === target ? { ...w, sent } : w));
}

type Result = { device: string; failed: boolean; part: number };

const resultName = new RegExp(`^(.+)/hook-(response|error)/${eventName}/(\\d+)$`);

function resultOf(name: string): Result | undefined {
  const m = resultName.exec(name);
  return m ? { device: m[1] ?? '', failed: m[2] === 'error', part: Number(m[3]) } : undefined;
}

function withResult(walks: Walks, event: Streamed, result: Result): Walks {
  const target = resultTarget(walks, event, result);
  if (!target) return walks;
  const sent = walks.find((w) => w.sent?.id === event.id - 1)?.sent;
  return walks.map((w) => {
    if (w === target) return { ...w, ...(sent ? { sent } : {}), results: [...w.results, event].sort((a, b) => partOf(a) - partOf(b)) };
    if (!sent || w.sent !== sent) return w;
    // hook-sent had been guessed to be this one's: they change places.
    const rest = { ...w };
    delete rest.sent;
    return target.sent ? { ...rest, sent: target.sent } : rest;
  });
}

function partOf(e: Streamed): number {
  return resultOf(e.name)?.part ?? 0;
}

function resultTarget(walks: Walks, event: Streamed, result: Result): Walk | undefined {
  const own = walks.filter((w) => w.device === result.device);
  if (result.part > 0) {
    const begun = own.filter((w) => w.results.length > 0 && !w.results.some((r) => partOf(r) === result.part));
    // The hub writes the parts of an answer one behind the other; the server may tell of the answer only later.
    return begun.find((w) => w.results.some((r) => event.id - r.id === result.part - partOf(r))) ?? begun.findLast((w) => fits(w, event, result));
  }
  const waiting = own.filter((w) => w.results.length === 0);
  return waiting.find((w) => fits(w, event, result)) ?? waiting[0];
}

/** Whether a result can be what became of a request. */
function fits(w: Walk, event: Streamed, result: Result): boolean {
  if (!w.answer) return false;
  if (result.failed) return w.answer.statusCode >= 400 || Boolean(w.answer.unsent);
  return w.answer.body.includes(event.data ?? '');
}

function object(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return value !== null && typeof value === 'object' ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

export type StepName = 'event' | 'hook-sent' | 'request' | 'data' | 'response' | 'result';

export const stepNames: StepName[] = ['event', 'hook-sent', 'request', 'data', 'response', 'result'];

/** done; waiting for it; it will not come. */
export type StepState = 'done' | 'waiting' | 'none';

export type Step = {
  name: StepName;
  state: StepState;
  /** Milliseconds from the event to this, by the hub's clock. */
  after?: number;
};

/** How it ended: with an answer, with an error, or with an answer that brings no event because it is empty. */
export type Outcome = 'waiting' | 'response' | 'error' | 'empty';

export function outcomeOf(w: Walk): Outcome {
  const first = w.results[0];
  if (first) return resultOf(first.name)?.failed ? 'error' : 'response';
  return w.answer && !w.answer.unsent && w.answer.statusCode < 400 && w.answer.body === '' ? 'empty' : 'waiting';
}

/** The steps of a way, always the same six. */
export function stepsOf(w: Walk): Step[] {
  const over = w.results.length > 0; // what did not happen until then will not happen
  const start = Date.parse(w.event?.publishedAt ?? '');
  const step = (name: StepName, at?: number, none = over): Step => {
    const after = at === undefined || Number.isNaN(at - start) ? {} : { after: Math.max(0, at - start) };
    return { name, state: at === undefined ? (none ? 'none' : 'waiting') : 'done', ...after };
  };
  const time = (iso?: string) => (iso === undefined ? undefined : Date.parse(iso));
  const received = time(w.hook?.receivedAt);
  const answered = received !== undefined && w.answer ? received + w.answer.elapsedMs : undefined;
  return [
    step('event', time(w.event?.publishedAt), false),
    step('hook-sent', time(w.sent?.publishedAt)),
    step('request', received),
    step('data', received),
    step('response', w.answer?.unsent ? undefined : answered, over || Boolean(w.answer?.unsent)),
    step('result', time(w.results.at(-1)?.publishedAt), outcomeOf(w) === 'empty'),
  ];
}

/** The values of a way that are followed through its steps. */
export function valuesOf(w: Walk): Values {
  const data = w.event?.data ?? undefined;
  const sensor = object(data ?? '');
  const time = w.event?.publishedAt ?? w.key.slice(w.device.length + 1);
  const values: Values = { device: w.device, event: eventName, time };
  if (data !== undefined) values.data = data;
  if (typeof sensor['id'] === 'number' || typeof sensor['id'] === 'string') values.id = String(sensor['id']);
  if (typeof sensor['t'] === 'number') values.t = String(sensor['t']);
  return values;
}

/** Data operations: one for what a device or the API publishes, one for each part of an answer that a device listens to. */
export function operationsOf(w: Walk): { published: number; answer: number } {
  return { published: w.event ? 1 : 0, answer: w.results.length };
}

/** A text of at most 160 characters: of a longer one both ends, and its size. */
export function clipped(text: string): string {
  if (text.length <= 160) return text;
  return `${text.slice(0, 80)} … ${text.slice(-40)} (${new TextEncoder().encode(text).length} bytes)`;
}
