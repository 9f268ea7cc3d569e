import { expect, it } from 'vitest';
import type { Integration } from '../api/types';
import { nothing } from '../integrations/model';
import { addUp, busiest, lastDays, stepsOf } from './figures';

const noon = Date.parse('2026-03-01T12:00:00Z');

it('counts days back from today, in UTC', () => {
  expect(lastDays(3, noon)).toEqual(['2026-02-27', '2026-02-28', '2026-03-01']);
});

it('adds integrations up day by day', () => {
  const day = (date: string, success: number) => ({ ...nothing, date, success });
  const days = addUp(lastDays(2, noon), [[day('2026-03-01', 2)], [day('2026-02-28', 1), day('2026-03-01', 3)], [day('2025-01-01', 9)]]);
  expect(days.map((d) => [d.date, d.success])).toEqual([
    ['2026-02-28', 1],
    ['2026-03-01', 5],
  ]);
});

it('puts the busiest first, and leaves out those that rest', () => {
  const integration = (id: string) => ({ id }) as Integration;
  const of = (attempts: number, sleep = 0) => [{ ...nothing, date: '2026-03-01', attempts, sleep }];
  const counters = new Map([
    ['a', of(1)],
    ['b', of(2, 5)],
    ['c', of(0)],
  ]);
  expect(busiest(['a', 'b', 'c', 'd'].map(integration), counters, '2026-03-01').map((b) => b.integration.id)).toEqual(['b', 'a']);
  expect(busiest([integration('a')], counters, '2026-02-28')).toEqual([]);
});

it('derives the next steps from what is there', () => {
  const done = (kind: 'sandbox' | 'product' | 'organization', members: number, integrations: number, events: number) => stepsOf({ kind, members, integrations, events }).map((s) => s.done);
  expect(done('sandbox', 0, 0, 0)).toEqual([false, false, false]);
  expect(done('product', 3, 0, 7)).toEqual([true, false, true]);
  expect(stepsOf({ kind: 'organization', members: 0, integrations: 0, events: 0 })[0]?.title).toBe('Make a product');
});
