import { useCallback, useMemo } from 'react';
import { useSearchParams } from 'wouter';
import { paramsOf, type TableView, viewOf } from './view';

/** The view of a table, kept in the address. Any change but that of the page goes back to the first page. */
export function useTableView(usual: TableView): [TableView, (change: Partial<TableView>) => void] {
  const [params, setParams] = useSearchParams();
  const view = useMemo(() => viewOf(params, usual), [params, usual]);
  const change = useCallback(
    (part: Partial<TableView>) => setParams((old) => paramsOf({ ...viewOf(old, usual), page: 1, ...part }, usual, old), { replace: part.search !== undefined }),
    [setParams, usual],
  );
  return [view, change];
}
