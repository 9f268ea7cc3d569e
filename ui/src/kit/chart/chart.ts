/** What a chart shows: one value per label and series; null = nothing known. */
export type Series = { label: string; color: SeriesColor; values: (number | null)[] };

/** Colours by meaning, each readable on light and dark. */
export type SeriesColor = 'success' | 'error' | 'sleep' | 'retry' | 'first' | 'second' | 'third';

export const colors: Record<SeriesColor, { light: string; dark: string }> = {
  success: { light: '#2276c9', dark: '#5aa9f0' },
  error: { light: '#d6303a', dark: '#f2686f' },
  sleep: { light: '#8d959e', dark: '#8a929b' },
  retry: { light: '#b86e00', dark: '#e8a33d' },
  first: { light: '#0b7a5b', dark: '#3fbf96' },
  second: { light: '#7048c6', dark: '#a58be8' },
  third: { light: '#b86e00', dark: '#e8a33d' },
};

/**
 * Bars that stand on each other, as uPlot wants them: running sums, the highest
 * first, so that each lower one is painted over it.
 */
export function stacked(series: Series[]): (number | null)[][] {
  const sums: (number | null)[][] = [];
  for (const s of series) {
    const below = sums.at(-1);
    sums.push(s.values.map((v, i) => (below?.[i] ?? 0) + (v ?? 0)));
  }
  return sums.reverse();
}

/** The highest value that a chart has to have room for. */
export function highest(series: Series[], stack: boolean): number {
  const columns = stack ? stacked(series).slice(0, 1) : series.map((s) => s.values);
  return columns.flat().reduce<number>((most, v) => Math.max(most, v ?? 0), 0);
}

export const total = (s: Series): number => s.values.reduce<number>((sum, v) => sum + (v ?? 0), 0);

const whole = new Intl.NumberFormat();

/** A number with the reader's separators of thousands. */
export const count = (n: number): string => whole.format(n);

const few = new Intl.NumberFormat(undefined, { notation: 'compact', maximumFractionDigits: 1 });

/** A number for an axis: 12K. */
export const short = (n: number): string => few.format(n);

const utcDay = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', timeZone: 'UTC' });

/** A UTC day for people: 24 Nov. */
export const dayText = (date: string): string => utcDay.format(new Date(`${date}T00:00:00Z`));
