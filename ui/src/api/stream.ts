import { ApiFailure, failureOf } from './client';
import { type Message, StreamParser } from './sse';

/** connecting, live, or waiting to connect again; failed = the hub said no for good. */
export type StreamState = 'connecting' | 'live' | 'waiting' | 'failed';

export type StreamHandlers = {
  message: (m: Message) => void;
  state: (s: StreamState, failure?: ApiFailure) => void;
};

const firstWait = 1_000;
const longestWait = 30_000;

/**
 * Follows an event stream until the given function is called. A stream that ends
 * or breaks is opened again behind the last event seen (Last-Event-ID), after 1 s,
 * then 2, 4 … 30 s. A refusal (4xx but 429) ends it.
 */
export function follow(path: string, handlers: StreamHandlers, after?: string): () => void {
  const stop = new AbortController();
  void run(path, handlers, stop.signal, after);
  return () => stop.abort();
}

async function run(path: string, handlers: StreamHandlers, signal: AbortSignal, after = '') {
  let last = after;
  let wait = firstWait;
  while (!signal.aborted) {
    handlers.state('connecting');
    const failure = await connect(path, last, signal, {
      message: (m) => {
        last = m.id || last;
        handlers.message(m);
      },
      state: (s) => {
        wait = firstWait;
        handlers.state(s);
      },
    });
    if (signal.aborted) return;
    if (failure && failure.status >= 400 && failure.status < 500 && failure.status !== 429) return handlers.state('failed', failure);
    handlers.state('waiting', failure);
    await pause(wait, signal);
    wait = Math.min(wait * 2, longestWait);
  }
}

/** One connection. Gives the failure that ended it, or undefined at an ordinary end. */
async function connect(path: string, last: string, signal: AbortSignal, handlers: StreamHandlers): Promise<ApiFailure | undefined> {
  try {
    const answer = await fetch(path, {
      credentials: 'same-origin',
      headers: { Accept: 'text/event-stream', ...(last ? { 'Last-Event-ID': last } : {}) },
      signal,
    });
    if (!answer.ok) return failureOf(answer.status, await answer.text());
    if (!answer.body) return undefined;
    handlers.state('live');
    await read(answer.body, handlers.message);
    return undefined;
  } catch {
    return new ApiFailure(0, 'unreachable', 'The connection to the hub broke.');
  }
}

async function read(body: ReadableStream<Uint8Array<ArrayBuffer>>, message: (m: Message) => void) {
  const parser = new StreamParser();
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    parser.push(value).forEach(message);
  }
}

/** Waits; resolves at once when the signal ends, or when the browser is online again. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      window.removeEventListener('online', done);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    window.addEventListener('online', done);
    signal.addEventListener('abort', done, { once: true });
  });
}
