import { expect, it } from 'vitest';
import { daysOf, everyDay, rangeOf } from './usage';

const noon = Date.parse('2026-03-01T12:00:00Z');

it('reads days from the address, and makes sense of nonsense', () => {
  const range = (text: string) => rangeOf(new URLSearchParams(text), noon);
  expect(range('')).toEqual({ from: '2026-01-31', to: '2026-03-01' });
  expect(range('from=2026-02-01&to=2026-02-03')).toEqual({ from: '2026-02-01', to: '2026-02-03' });
  expect(range('from=yesterday&to=2026-13-45')).toEqual(range(''));
  expect(range('from=2026-02-03&to=2026-02-01')).toEqual({ from: '2026-02-01', to: '2026-02-01' });
});

it('has a row for each day', () => {
  expect(daysOf({ from: '2026-02-27', to: '2026-03-01' })).toEqual(['2026-02-27', '2026-02-28', '2026-03-01']);
  const row = { date: '2026-02-28', events: 3, published: 3, received: 1, operations: 4, refused_events: 0, refused_streams: 0 };
  expect(everyDay({ from: '2026-02-27', to: '2026-02-28' }, [row]).map((r) => [r.date, r.operations])).toEqual([
    ['2026-02-27', 0],
    ['2026-02-28', 4],
  ]);
});
