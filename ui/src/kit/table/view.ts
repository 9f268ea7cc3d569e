/** What a table shows: a page of what is found, in an order. It stands in the address. */
export type TableView = {
  /** Counts from 1. */
  page: number;
  size: number;
  search: string;
  /** Key of the column that it is sorted by. */
  sort: string;
  down: boolean;
};

export const sizes = [25, 50, 100, 250];

/** Reads the view from an address. What makes no sense there counts as not given. */
export function viewOf(params: URLSearchParams, usual: TableView): TableView {
  const size = whole(params.get('size'), usual.size);
  const sort = params.get('sort') ?? (usual.down ? `-${usual.sort}` : usual.sort);
  return {
    page: whole(params.get('page'), usual.page),
    size: sizes.includes(size) ? size : usual.size,
    search: params.get('search') ?? usual.search,
    sort: sort.replace(/^-/, ''),
    down: sort.startsWith('-'),
  };
}

/** Writes a view into an address; what is as usual is left out. */
export function paramsOf(view: TableView, usual: TableView, into: URLSearchParams): URLSearchParams {
  const next = new URLSearchParams(into);
  const put = (key: string, value: string, ordinary: string) => (value === ordinary ? next.delete(key) : next.set(key, value));
  const order = (v: TableView) => (v.down ? `-${v.sort}` : v.sort);
  put('page', String(view.page), String(usual.page));
  put('size', String(view.size), String(usual.size));
  put('search', view.search, usual.search);
  put('sort', order(view), order(usual));
  return next;
}

function whole(text: string | null, otherwise: number): number {
  return text !== null && /^[1-9]\d{0,6}$/.test(text) ? Number(text) : otherwise;
}

/** How to find and order rows that are there as a whole. */
export type Local<T> = { text: (row: T) => string; order: (row: T, sort: string) => string | number };

/** The page of a view, cut out of all rows. A page behind the last one is the last one. */
export function pageOfList<T>(all: readonly T[], view: TableView, local: Local<T>): { rows: T[]; total: number; page: number } {
  const wanted = view.search.trim().toLowerCase();
  const found = wanted ? all.filter((row) => local.text(row).toLowerCase().includes(wanted)) : [...all];
  const sign = view.down ? -1 : 1;
  const keyed = found.map((row) => ({ row, key: local.order(row, view.sort) }));
  keyed.sort((a, b) => sign * compare(a.key, b.key));
  const page = Math.min(view.page, Math.max(1, Math.ceil(found.length / view.size)));
  return { rows: keyed.slice((page - 1) * view.size, page * view.size).map((k) => k.row), total: found.length, page };
}

function compare(a: string | number, b: string | number): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return String(a).localeCompare(String(b), undefined, { numeric: true });
}

/** "26–50 of 100,000", "none". */
export function rangeOf(page: number, size: number, total: number): string {
  if (total === 0) return 'none';
  const first = (page - 1) * size + 1;
  return `${first.toLocaleString()}–${Math.min(total, page * size).toLocaleString()} of ${total.toLocaleString()}`;
}
