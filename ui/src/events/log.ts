import { type Entry, type EventFilter, everything, passes } from './entry';

/** Events that are kept; older ones go. */
export const capacity = 10_000;
/** How far the list may grow beyond that before the oldest go, so that they go seldom. */
const slack = 1_000;
/** Milliseconds between two changes of what is shown. */
const beat = 120;

/** What the page shows of a log. */
export type View = {
  /** Those that pass the filter, oldest first. The same array as long as nothing changed. */
  shown: readonly Entry[];
  /** How many events are kept. */
  kept: number;
  /** How many came while the view was held that pass the filter. */
  waiting: number;
  held: boolean;
};

/**
 * The events that arrived, up to `capacity`, and a view of them. Arrivals are
 * gathered and shown a few times a second, so that a busy stream costs the page
 * little. A held view stands still while events go on arriving.
 */
export class EventLog {
  private entries: Entry[] = [];
  private fresh: Entry[] = [];
  private filter: EventFilter = everything;
  private listeners = new Set<() => void>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private view: View = { shown: [], kept: 0, waiting: 0, held: false };

  /** Takes an event in. Those seen before (after a reconnect) are passed over. */
  add(entry: Entry): void {
    const last = this.fresh.at(-1) ?? this.entries.at(-1);
    if (last && entry.seq <= last.seq) return;
    this.fresh.push(entry);
    this.timer ??= setTimeout(() => this.tick(), beat);
  }

  /** Puts older events in front, oldest first, such as those from before the page was opened. */
  addOlder(older: readonly Entry[]): void {
    const first = this.entries[0] ?? this.fresh[0];
    const fitting = older.filter((e) => !first || e.seq < first.seq);
    this.entries = [...fitting, ...this.entries].slice(-capacity);
    this.show(this.waiting());
  }

  setFilter(filter: EventFilter): void {
    this.filter = filter;
    this.show(this.waiting());
  }

  /** Stops or resumes the view. */
  hold(held: boolean): void {
    if (held === this.view.held) return;
    this.view = { ...this.view, held };
    if (held) this.tell();
    else this.tick();
  }

  clear(): void {
    this.entries = [];
    this.fresh = [];
    this.show(0);
  }

  /** The id behind which a stream is to go on. */
  get last(): number | undefined {
    return (this.fresh.at(-1) ?? this.entries.at(-1))?.seq;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly snapshot = (): View => this.view;

  private tick(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.fresh.length > capacity) this.fresh = this.fresh.slice(-capacity);
    if (this.view.held) {
      this.view = { ...this.view, waiting: this.waiting() };
      this.tell();
      return;
    }
    const fresh = this.fresh;
    this.fresh = [];
    const trim = this.entries.length + fresh.length > capacity + slack;
    this.entries = trim ? [...this.entries, ...fresh].slice(-capacity) : this.entries.concat(fresh);
    if (trim) this.show(0);
    else this.append(fresh);
  }

  private waiting(): number {
    return this.view.held ? this.fresh.filter((e) => passes(this.filter, e)).length : 0;
  }

  /** The usual way: only what is new is filtered. */
  private append(fresh: Entry[]): void {
    const passing = fresh.filter((e) => passes(this.filter, e));
    const shown = passing.length ? this.view.shown.concat(passing) : this.view.shown;
    this.view = { ...this.view, shown, kept: this.entries.length, waiting: 0 };
    this.tell();
  }

  private show(waiting: number): void {
    this.view = { ...this.view, shown: this.entries.filter((e) => passes(this.filter, e)), kept: this.entries.length, waiting };
    this.tell();
  }

  private tell(): void {
    for (const listener of this.listeners) listener();
  }
}
