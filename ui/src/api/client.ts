/**
 * The one way to the hub: JSON in, JSON out, failures as ApiFailure. It uses the
 * browser's session, so requests carry no token.
 */

/** An answer that is no success, in the hub's own words. */
export class ApiFailure extends Error {
  constructor(
    /** HTTP status; 0 = the hub could not be reached. */
    readonly status: number,
    /** The hub's code, such as `not_found`. */
    readonly code: string,
    message: string,
    /** The input field at fault, if it is one. */
    readonly field?: string,
  ) {
    super(message);
    this.name = 'ApiFailure';
  }
}

type Query = Record<string, string | number | boolean | undefined | null>;

/** The path with the query; members that are empty are left out. */
export function withQuery(path: string, query?: Query): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query ?? {})) {
    if (value !== undefined && value !== null && value !== '') search.set(key, String(value));
  }
  const text = search.toString();
  return text ? `${path}?${text}` : path;
}

const unreachable = 'The hub does not answer. Is it running, and are you connected?';

/** One call. `body` is sent as JSON, or as it is when it is FormData. */
export async function request<T>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  const text = await requestText(method, path, body === undefined || body instanceof FormData ? body : JSON.stringify(body), signal);
  return (text ? JSON.parse(text) : undefined) as T;
}

/** A page of a list that is answered as a bare array, and how many there are in all. */
export async function pageOfArray<T>(path: string, query: Query, signal?: AbortSignal): Promise<{ rows: T[]; total: number }> {
  const { text, headers } = await exchange('GET', withQuery(path, query), undefined, signal);
  const rows = JSON.parse(text) as T[];
  return { rows, total: Number(headers.get('X-Total-Count') ?? rows.length) };
}

/** As request, for JSON that is written and read as text, where its order or its numbers matter. */
export async function requestText(method: string, path: string, body?: string | FormData, signal?: AbortSignal): Promise<string> {
  return (await exchange(method, path, body, signal)).text;
}

async function exchange(method: string, path: string, body?: string | FormData, signal?: AbortSignal): Promise<{ text: string; headers: Headers }> {
  const json = typeof body === 'string';
  let answer: Response;
  try {
    answer = await fetch(path, {
      method,
      credentials: 'same-origin',
      headers: { Accept: 'application/json', ...(json ? { 'Content-Type': 'application/json' } : {}) },
      body: body ?? null,
      signal: signal ?? null,
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiFailure(0, 'unreachable', unreachable);
  }
  const text = await answer.text();
  if (!answer.ok) throw failureOf(answer.status, text);
  return { text, headers: answer.headers };
}

/** Reads the body that every failure has; see Failure in the API's description. */
export function failureOf(status: number, text: string): ApiFailure {
  try {
    const body = JSON.parse(text) as { error?: string; error_description?: string; field?: string };
    return new ApiFailure(status, body.error ?? 'error', body.error_description ?? body.error ?? text, body.field);
  } catch {
    return new ApiFailure(status, 'error', text.trim() || `The hub answered with status ${status}.`);
  }
}

export const api = {
  get: <T>(path: string, query?: Query, signal?: AbortSignal) => request<T>('GET', withQuery(path, query), undefined, signal),
  post: <T>(path: string, body?: unknown, signal?: AbortSignal) => request<T>('POST', path, body ?? {}, signal),
  put: <T>(path: string, body: unknown) => request<T>('PUT', path, body),
  delete: <T>(path: string, body?: unknown) => request<T>('DELETE', path, body),
};

/** What to tell a person about an error of any kind. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

export function isDenied(error: unknown): boolean {
  return error instanceof ApiFailure && error.status === 403;
}

export function isMissing(error: unknown): boolean {
  return error instanceof ApiFailure && error.status === 404;
}
