import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pageOfList, paramsOf, rangeOf, sizes, type TableView, viewOf } from './view';

const usual: TableView = { page: 1, size: 25, search: '', sort: 'name', down: false };

const views: fc.Arbitrary<TableView> = fc.record({
  page: fc.integer({ min: 1, max: 9_999_999 }),
  size: fc.constantFrom(...sizes),
  search: fc.string(),
  sort: fc.constantFrom('name', 'id', 'heard'),
  down: fc.boolean(),
});

describe('a view in the address', () => {
  it('comes back as it was', () => {
    fc.assert(
      fc.property(views, views, (view, from) => {
        expect(viewOf(paramsOf(view, usual, paramsOf(from, usual, new URLSearchParams())), usual)).toEqual(view);
      }),
    );
  });

  it('leaves out what is usual, and leaves alone what is not its own', () => {
    expect(paramsOf(usual, usual, new URLSearchParams('tab=groups&page=7')).toString()).toBe('tab=groups');
  });

  it('takes what makes no sense as not given', () => {
    expect(viewOf(new URLSearchParams('page=-1&size=7'), usual)).toEqual(usual);
  });
});

describe('a page of a list', () => {
  const all = ['lamp 10', 'lamp 9', 'door'].map((name) => ({ name }));
  const local = { text: (r: { name: string }) => r.name, order: (r: { name: string }) => r.name };
  const names = (view: Partial<TableView>) => pageOfList(all, { ...usual, ...view }, local).rows.map((r) => r.name);

  it('is found and ordered, numbers in names by their size', () => {
    expect(names({})).toEqual(['door', 'lamp 9', 'lamp 10']);
    expect(names({ search: ' LAMP', down: true })).toEqual(['lamp 10', 'lamp 9']);
  });

  it('holds every row once over all pages', () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), fc.integer({ min: 1, max: 30 }), fc.boolean(), (rows, size, down) => {
        const by = { text: String, order: (n: number) => n };
        const pages = Math.max(1, Math.ceil(rows.length / size));
        const seen = Array.from({ length: pages }, (_, i) => pageOfList(rows, { ...usual, size, down, page: i + 1 }, by).rows).flat();
        expect(seen).toEqual([...rows].sort((a, b) => (down ? b - a : a - b)));
      }),
    );
  });

  it('is the last one behind the end', () => {
    expect(pageOfList(all, { ...usual, page: 9 }, local)).toMatchObject({ page: 1, total: 3 });
  });
});

it('says which rows these are', () => {
  expect(rangeOf(2, 25, 100_000)).toBe('26–50 of 100,000');
  expect(rangeOf(4, 25, 80)).toBe('76–80 of 80');
  expect(rangeOf(1, 25, 0)).toBe('none');
});
