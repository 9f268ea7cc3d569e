import { Text } from '@mantine/core';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, memo, useRef } from 'react';
import { clock } from '../kit/time';
import type { Entry } from './entry';
import css from './EventList.module.css';
import { lineOf, looks, publisherOf } from './look';

const rowHeight = 36;

type Props = {
  /** Oldest first; shown newest first. */
  entries: readonly Entry[];
  selected: number | undefined;
  onSelect: (e: Entry | undefined) => void;
  /** Told when the reader leaves the newest event, and comes back to it. */
  onAway: (away: boolean) => void;
  /** Names of devices by id. */
  names: ReadonlyMap<string, string>;
  height: string | number;
};

/**
 * A list of any length of which only what can be seen is in the page. Arrow keys
 * move the selection.
 */
export function EventList({ entries, selected, onSelect, onAway, names, height }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({ count: entries.length, getScrollElement: () => box.current, estimateSize: () => rowHeight, overscan: 8 });
  const at = (row: number) => entries[entries.length - 1 - row];
  const found = selected === undefined ? -1 : entries.findIndex((e) => e.seq === selected);
  // One that is not listed, such as an older one, is above the first.
  const place = found < 0 ? -1 : entries.length - 1 - found;
  const move = (e: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10 }[e.key];
    if (step === undefined) return;
    e.preventDefault();
    const row = Math.max(0, Math.min(entries.length - 1, place + step));
    onSelect(at(row));
    rows.scrollToIndex(row);
  };
  return (
    <div
      ref={box}
      className={css['box']}
      style={{ height }}
      tabIndex={0}
      role="listbox"
      aria-label="Events, newest first"
      aria-activedescendant={selected === undefined ? undefined : `event-${selected}`}
      onKeyDown={move}
      onScroll={(e) => onAway(e.currentTarget.scrollTop > rowHeight)}
    >
      <div style={{ height: rows.getTotalSize(), position: 'relative' }} role="presentation">
        {rows.getVirtualItems().map((v) => {
          const e = at(v.index);
          return e && <Row key={e.seq} entry={e} top={v.start} selected={e.seq === selected} onSelect={onSelect} name={names.get(e.device)} />;
        })}
      </div>
    </div>
  );
}

type RowProps = { entry: Entry; top: number; selected: boolean; onSelect: (e: Entry) => void; name: string | undefined };

const Row = memo(function Row({ entry, top, selected, onSelect, name }: RowProps) {
  const look = looks[entry.kind];
  const Icon = look.icon;
  return (
    <div
      id={`event-${entry.seq}`}
      role="option"
      aria-selected={selected}
      className={css['row']}
      data-selected={selected || undefined}
      style={{ transform: `translateY(${top}px)`, height: rowHeight }}
      onClick={() => onSelect(entry)}
    >
      <time className={css['time']} dateTime={entry.at} title={`${entry.at} (UTC)`}>
        {clock(new Date(entry.at))}
      </time>
      <span className={css['name']}>
        <Icon size={14} color={`var(--mantine-color-${look.color}-text)`} aria-label={look.label} />
        <Text span size="sm" fw={500} truncate>
          {entry.name}
        </Text>
      </span>
      <Text span size="sm" c="dimmed" truncate className={css['device'] ?? ''}>
        {name ?? publisherOf(entry.device)}
      </Text>
      <Text span size="sm" truncate className={css['data'] ?? ''}>
        {lineOf(entry.data, entry.kind)}
      </Text>
    </div>
  );
});
