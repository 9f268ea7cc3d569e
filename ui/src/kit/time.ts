const days = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', year: 'numeric' });
const minutes = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false });

/** Day and time in the reader's zone, to the second. */
export function dateTime(date: Date): string {
  const thisYear = date.getFullYear() === new Date().getFullYear();
  return thisYear ? minutes.format(date) : `${days.format(date)}, ${clock(date).slice(0, 8)}`;
}

/** Time of day in the reader's zone, with milliseconds: 09:05:07.012. */
export function clock(date: Date): string {
  const two = (n: number) => String(n).padStart(2, '0');
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}

/** A span whose short ones have decimals: 0.42 ms, 3.1 ms, then as span. */
export function exactSpan(ms: number): string {
  if (ms >= 10 || ms === 0) return span(ms);
  return `${ms.toFixed(ms < 1 ? 2 : 1)} ms`;
}

/** A span for people: 12 ms, 1.2 s, 3 min, 2 h, 5 d. */
export function span(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  if (ms < 3_600_000) return `${Math.round(ms / 60_000)} min`;
  if (ms < 86_400_000) return `${Math.round(ms / 3_600_000)} h`;
  return `${Math.round(ms / 86_400_000)} d`;
}
