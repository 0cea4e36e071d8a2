import type { QueryClient, QueryKey } from '@tanstack/react-query';

/**
 * Puts a change that was pushed into what is shown. A load that is under way may have been answered before the change and
 * would undo it, so it is asked for again.
 */
export function changeShown<Shown>(queries: QueryClient, queryKey: QueryKey, change: (shown: Shown) => Shown): void {
  queries.setQueryData<Shown>(queryKey, (shown) => (shown === undefined ? shown : change(shown)));
  if (queries.getQueryState(queryKey)?.fetchStatus === 'fetching') void queries.invalidateQueries({ queryKey, exact: true });
}

/** The list with one row added, or in its new state. */
export const withRow = <Row extends { readonly id: string | number }>(
  rows: readonly Row[],
  row: Row,
  order: (one: Row, other: Row) => number,
): readonly Row[] => [...rows.filter(({ id }) => id !== row.id), row].toSorted(order);
