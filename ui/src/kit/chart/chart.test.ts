import fc from 'fast-check';
import { expect, it } from 'vitest';
import { highest, type Series, stacked, total } from './chart';

const series = (rows: (number | null)[][]): Series[] => rows.map((values, i) => ({ label: `s${i}`, color: 'first', values }));

it('stacks bars, the highest first', () => {
  const all = series([[1, null], [2, 3], [4, 0]]);
  expect(stacked(all)).toEqual([
    [7, 3],
    [3, 3],
    [1, 0],
  ]);
  expect(highest(all, true)).toBe(7);
  expect(highest(all, false)).toBe(4);
});

it('has room for nothing at all', () => {
  expect(highest([], true)).toBe(0);
  expect(highest(series([[null]]), false)).toBe(0);
});

it('the top of a stack is the sum of its parts, and no bar is higher than the one painted before it', () => {
  const values = fc.array(fc.option(fc.nat(1_000_000)), { minLength: 5, maxLength: 5 });
  fc.assert(
    fc.property(fc.array(values, { minLength: 1, maxLength: 5 }), (rows) => {
      const all = series(rows);
      const sums = stacked(all);
      const top = sums[0] ?? [];
      expect(top.reduce<number>((sum, v) => sum + (v ?? 0), 0)).toBe(all.reduce((sum, s) => sum + total(s), 0));
      for (const [i, lower] of sums.slice(1).entries()) lower.forEach((v, x) => expect(v ?? 0).toBeLessThanOrEqual(sums[i]?.[x] ?? 0));
    }),
  );
});
