import { expect, it } from 'vitest';
import { goOn, nothingYet, type Outcome, type Progress } from './run';

const ids = Array.from({ length: 10 }, (_, i) => `id${i}`);
const ready: Progress = { state: 'ready', ids, sent: 0, outcome: nothingYet };
const all = (some: readonly string[]): Outcome => ({ ...nothingYet, added: [...some] });

it('sends every id once, in portions, and tells how far it is', async () => {
  const told: Progress[] = [];
  const sent: string[] = [];
  await goOn(ready, async (some) => (sent.push(...some), all(some)), new AbortController().signal, (p) => told.push(p), 4);
  expect(sent).toEqual(ids);
  expect(told.map((p) => p.sent)).toEqual([0, 4, 8, 10, 10]);
  expect(told.at(-1)).toMatchObject({ state: 'done', outcome: { added: ids } });
});

it('stops where it is told to, and goes on behind that', async () => {
  const stop = new AbortController();
  let last = ready;
  const keep = (p: Progress) => (last = p);
  const send = async (some: readonly string[]) => (some.includes('id4') && stop.abort(), all(some));
  await goOn(ready, send, stop.signal, keep, 4);
  expect(last).toMatchObject({ state: 'stopped', sent: 8 });
  await goOn(last, send, new AbortController().signal, keep, 4);
  expect(last).toMatchObject({ state: 'done', outcome: { added: ids } });
});

it('keeps what is settled when the hub goes away, and sends the rest again', async () => {
  let away = true;
  let last = ready;
  const send = async (some: readonly string[]) => {
    if (away && some.includes('id8')) throw new Error('The hub does not answer.');
    return all(some);
  };
  await goOn(ready, send, new AbortController().signal, (p) => (last = p), 4);
  expect(last).toMatchObject({ state: 'failed', sent: 8, failure: 'The hub does not answer.' });
  away = false;
  await goOn(last, send, new AbortController().signal, (p) => (last = p), 4);
  expect(last.outcome.added).toEqual(ids);
  expect(last.failure).toBeUndefined();
});
