import type { Schemas } from '../api/types';
import { lastDays } from '../overview/figures';

export type By = 'day' | 'device' | 'product';

/** Days that the hub counts data operations for. */
export const longest = 62;

export type Range = { from: string; to: string };

const isDate = (text: string | null): text is string => /^\d{4}-\d\d-\d\d$/.test(text ?? '') && !Number.isNaN(Date.parse(text ?? ''));

/** The days that the address asks for; the last 30 when it asks for none or for nonsense. */
export function rangeOf(search: URLSearchParams, now = Date.now()): Range {
  const days = lastDays(30, now);
  const from = search.get('from');
  const to = search.get('to');
  const range = { from: isDate(from) ? from : (days[0] ?? ''), to: isDate(to) ? to : (days.at(-1) ?? '') };
  return range.from <= range.to ? range : { from: range.to, to: range.to };
}

/** Every day of a range, so that quiet days have a place in the chart, too. */
export function daysOf({ from, to }: Range): string[] {
  const days: string[] = [];
  for (let at = Date.parse(from); at <= Date.parse(to) && days.length < 2 * longest; at += 86_400_000) days.push(new Date(at).toISOString().slice(0, 10));
  return days;
}

type Row = Schemas['UsageRow'];

const none: Row = { events: 0, published: 0, received: 0, operations: 0, refused_events: 0, refused_streams: 0 };

/** A row for each day. */
export function everyDay(range: Range, rows: Row[]): Row[] {
  const known = new Map(rows.map((r) => [r.date, r]));
  return daysOf(range).map((date) => known.get(date) ?? { ...none, date });
}
