import { expect, it } from 'vitest';
import type { Call } from '../api/types';
import { filterOf, fromInput, isFiltered, isStatus, localInput, once, outcomeText } from './calls';

it('reads filters from the address and leaves out what makes no sense', () => {
  const good = filterOf(new URLSearchParams('type=error&status=5xx&event=temp&from=2026-03-01T12:00:00Z'));
  expect(good).toEqual({ type: 'error', event: 'temp', device: '', status: '5xx', from: '2026-03-01T12:00:00.000Z', to: '' });
  const bad = filterOf(new URLSearchParams('type=both&status=abc&to=yesterday'));
  expect(isFiltered(bad)).toBe(false);
  expect(['200', '5xx', '4XX', '600', '20', 'xxx'].map(isStatus)).toEqual([true, true, true, false, false, false]);
});

it('shows a call once that two pages have', () => {
  const call = (id: string) => ({ id }) as Call;
  expect(once([{ logs: [call('b'), call('a')] }, { logs: [call('a'), call('0')] }]).map((c) => c.id)).toEqual(['b', 'a', '0']);
});

it('brings times to an input and back', () => {
  expect(localInput('')).toBe('');
  expect(fromInput('')).toBe('');
  expect(fromInput(localInput('2026-03-01T12:34:00.000Z'))).toBe('2026-03-01T12:34:00.000Z');
});

it('says why a call failed', () => {
  expect(outcomeText({ type: 'error', error: 'ETIMEOUT' } as Call)).toBe('ETIMEOUT');
  expect(outcomeText({ type: 'error', status: 503, error: '503 Service Unavailable' } as Call)).toBe('503');
  expect(outcomeText({ type: 'success', status: 204 } as Call)).toBe('204');
});
