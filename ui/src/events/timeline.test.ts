import { expect, it } from 'vitest';
import { timeline, unfinished } from './timeline';

const timing = { dns: 0, connect: 0, tls: 0, first_byte: 3, total: 4 };
const at = (ms: number) => new Date(Date.UTC(2026, 2, 1, 12) + ms).toISOString();
const event = (id: string, name: string, ms: number) => ({ id, name, data: '', published_at: at(ms), coreid: 'api' });
const attempt = (n: number, ms: number, more = {}) => ({ delivery: 1, attempt: n, integration: 'i', time: at(ms), result: 'error' as const, timing_ms: timing, ...more });

it('orders attempts and what they caused by time, an attempt before its events', () => {
  const path = {
    event: event('1', 'temp', 0),
    attempts: [attempt(2, 30_000), attempt(1, 5, { next: at(30_000) })],
    events: [event('3', 'hook-error/temp', 30_004), event('2', 'hook-sent/temp', 5)],
    partial: false,
  };
  expect(timeline(path).map((s) => [s.kind, s.ms])).toEqual([
    ['received', 0],
    ['attempt', 5],
    ['caused', 5],
    ['attempt', 30_000],
    ['caused', 30_004],
  ]);
});

it('knows when another attempt is to come', () => {
  const path = (attempts: ReturnType<typeof attempt>[]) => ({ event: event('1', 'temp', 0), attempts, events: [], partial: false });
  expect(unfinished(path([attempt(1, 5, { next: at(30_000) })]))).toBe(true);
  expect(unfinished(path([attempt(1, 5, { next: at(30_000) }), attempt(2, 30_000)]))).toBe(false);
});
