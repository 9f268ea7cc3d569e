import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Entry, entryOf, entryOfRecord, kindOf } from './entry';
import { capacity, EventLog } from './log';

const event = (seq: number, name = 'temp', device = 'api'): Entry => ({ seq, name, data: '1', at: '2026-03-01T12:00:00.000Z', device, kind: kindOf(name, device) });

describe('EventLog', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());
  const settle = () => vi.runAllTimers();

  it('gathers arrivals and tells its listeners once', () => {
    const log = new EventLog();
    const heard = vi.fn();
    log.subscribe(heard);
    for (let seq = 1; seq <= 50; seq++) log.add(event(seq));
    expect(heard).not.toHaveBeenCalled();
    settle();
    expect(heard).toHaveBeenCalledTimes(1);
    expect(log.snapshot().shown).toHaveLength(50);
  });

  it('passes over what a reconnect repeats', () => {
    const log = new EventLog();
    [1, 2, 3, 2, 3, 4].forEach((seq) => log.add(event(seq)));
    settle();
    expect(log.snapshot().shown.map((e) => e.seq)).toEqual([1, 2, 3, 4]);
    expect(log.last).toBe(4);
  });

  it('keeps the newest 10,000', () => {
    const log = new EventLog();
    for (let seq = 1; seq <= 25_000; seq++) {
      log.add(event(seq));
      if (seq % 70 === 0) settle();
    }
    settle();
    const { shown, kept } = log.snapshot();
    expect(kept).toBeGreaterThanOrEqual(capacity);
    expect(kept).toBeLessThanOrEqual(capacity + 1_000);
    expect(shown).toHaveLength(kept);
    expect(shown.at(-1)?.seq).toBe(25_000);
  });

  it('stands still while held, counts what waits, and catches up', () => {
    const log = new EventLog();
    log.add(event(1));
    settle();
    log.hold(true);
    const held = log.snapshot().shown;
    log.add(event(2));
    log.add(event(3));
    settle();
    expect(log.snapshot()).toMatchObject({ held: true, waiting: 2 });
    expect(log.snapshot().shown).toBe(held);
    log.hold(false);
    expect(log.snapshot()).toMatchObject({ held: false, waiting: 0 });
    expect(log.snapshot().shown.map((e) => e.seq)).toEqual([1, 2, 3]);
  });

  it('filters what is there and what comes', () => {
    const log = new EventLog();
    log.add(event(1, 'temp'));
    log.add(event(2, 'door'));
    settle();
    log.setFilter({ prefix: 'te', device: '', kind: '' });
    log.add(event(3, 'temperature'));
    log.add(event(4, 'hook-sent/temp', 'particle-internal'));
    settle();
    expect(log.snapshot().shown.map((e) => e.seq)).toEqual([1, 3]);
    log.setFilter({ prefix: '', device: '', kind: 'sent' });
    expect(log.snapshot().shown.map((e) => e.seq)).toEqual([4]);
  });

  it('counts of what waits only what the filter lets through', () => {
    const log = new EventLog();
    log.hold(true);
    log.setFilter({ prefix: 'door', device: '', kind: '' });
    log.add(event(1, 'door'));
    log.add(event(2, 'temp'));
    settle();
    expect(log.snapshot().waiting).toBe(1);
    log.setFilter({ prefix: '', device: '', kind: '' });
    expect(log.snapshot().waiting).toBe(2);
  });

  it('puts older events in front without doubles', () => {
    const log = new EventLog();
    log.add(event(10));
    settle();
    log.addOlder([event(8), event(9), event(10)]);
    expect(log.snapshot().shown.map((e) => e.seq)).toEqual([8, 9, 10]);
  });
});

describe('entries', () => {
  it('reads a message of a stream', () => {
    const data = '{"data":"21.5","ttl":60,"published_at":"2026-03-01T12:00:00.803Z","coreid":"api"}';
    expect(entryOf({ event: 'temp', data, id: '7' })).toEqual({ seq: 7, name: 'temp', data: '21.5', at: '2026-03-01T12:00:00.803Z', device: 'api', kind: 'published' });
    expect(entryOf({ event: 'temp', data: '{', id: '7' })).toBeUndefined();
    expect(entryOf({ event: 'temp', data, id: '' })).toBeUndefined();
  });

  it('reads an event of the log as the stream gives it', () => {
    const record = { id: '01a21512-9852-7000-8000-000000000005', stream_id: 7, name: 'temp', data: '21.5', published_at: '2026-03-01T12:00:00.803Z', coreid: 'api', product_id: 3 };
    expect(entryOfRecord(record)).toEqual({ seq: 7, name: 'temp', data: '21.5', at: '2026-03-01T12:00:00.803Z', device: 'api', kind: 'published', product: 3 });
  });

  it.each([
    ['temp', 'api', 'published'],
    ['hook-sent/temp', 'particle-internal', 'sent'],
    ['hook-response/temp/0', 'particle-internal', 'response'],
    ['0123456789abcdef01234567/hook-response/temp/0', 'particle-internal', 'response'],
    ['0123456789abcdef01234567/hook-error/temp/0', 'particle-internal', 'error'],
    ['my-answers/temp', 'particle-internal', 'response'],
    ['spark/status', '0123456789abcdef01234567', 'system'],
  ])('%s by %s is %s', (name, device, kind) => {
    expect(kindOf(name, device)).toBe(kind);
  });
});
