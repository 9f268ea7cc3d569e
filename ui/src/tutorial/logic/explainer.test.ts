import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { explain, type Hook, type HookResponse, maxWalks, operationsOf, outcomeOf, type Streamed, stepsOf, type Told, valuesOf, type Walk, type Walks } from './explainer';

const device = 'e00f00000000000000000001';
const at = (ms: number) => new Date(Date.UTC(2026, 2, 1, 12) + ms).toISOString();

const event = (id: number, ms: number, data: string, from = device): Told => ({
  kind: 'event',
  event: { id, name: 'WebhookDemo01', data, coreid: from, publishedAt: at(ms) },
});
const internal = (id: number, ms: number, name: string, data: string): Told => ({
  kind: 'event',
  event: { id, name, data, coreid: 'particle-internal', publishedAt: at(ms) } satisfies Streamed,
});
const hook = (hookId: number, ms: number, eventMs: number, data: string, from = device): Told => ({
  kind: 'hook',
  hook: {
    hookId, receivedAt: at(ms), method: 'POST', originalUrl: '/demo/hook/s', headers: 'Host: hub', query: '',
    body: `{ "deviceId":"${from}", "ts":"${at(eventMs)}", "sensor":${data} }`,
  } satisfies Hook,
});
const answered = (hookId: number, statusCode: number, body: string, elapsedMs: number, unsent?: boolean): Told => ({
  kind: 'hookResponse',
  response: { hookId, statusCode, contentType: 'application/json', body, elapsedMs, ...(unsent ? { unsent } : {}) } satisfies HookResponse,
});

const run = (told: Told[]): Walks => told.reduce(explain, []);
const only = (walks: Walks): Walk => {
  expect(walks).toHaveLength(1);
  return walks[0] as Walk;
};
const states = (w: Walk) => stepsOf(w).map((s) => `${s.name} ${s.state}${s.after === undefined ? '' : ` ${s.after}`}`);

const happy = [
  event(10, 0, '{"id":7,"t":25}'),
  hook(1, 3, 0, '{"id":7,"t":25}'),
  answered(1, 200, '{"ok":true,"id":7}', 2),
  internal(11, 9, 'hook-sent/WebhookDemo01', 'undefined'),
  internal(12, 9, `${device}/hook-response/WebhookDemo01/0`, '{"ok":true,"id":7}'),
];

describe('explain', () => {
  it('walks from the event to the answer', () => {
    const w = only(run(happy));
    expect(states(w)).toEqual(['event done 0', 'hook-sent done 9', 'request done 3', 'data done 3', 'response done 5', 'result done 9']);
    expect(outcomeOf(w)).toBe('response');
    expect(operationsOf(w)).toEqual({ published: 1, answer: 1 });
    expect(valuesOf(w)).toEqual({ device, event: 'WebhookDemo01', time: at(0), data: '{"id":7,"t":25}', id: '7', t: '25' });
  });

  it('comes to the same whatever arrives first on the two streams', () => {
    const [first, second] = [[happy[0], happy[3], happy[4]], [happy[1], happy[2]]] as [Told[], Told[]];
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 5, maxLength: 5 }), (order) => {
        const [a, b] = [[...first], [...second]];
        const merged = [...order.map((fromA) => (fromA ? a.shift() : b.shift())), ...a, ...b].filter((t): t is Told => Boolean(t));
        expect(run(merged)).toEqual(run(happy));
      }),
    );
  });

  it('waits for what has not come', () => {
    expect(states(only(run(happy.slice(0, 2))))).toEqual(['event done 0', 'hook-sent waiting', 'request done 3', 'data done 3', 'response waiting', 'result waiting']);
    expect(outcomeOf(only(run(happy.slice(0, 3))))).toBe('waiting');
  });

  it('shows an error', () => {
    const w = only(run([happy[0]!, happy[1]!, answered(1, 404, 'no', 2), happy[3]!, internal(12, 9, `${device}/hook-error/WebhookDemo01/0`, 'error status 404 from hub')]));
    expect(outcomeOf(w)).toBe('error');
    expect(w.answer?.statusCode).toBe(404);
  });

  it('shows a time-out as an answer that was never sent', () => {
    const w = only(run([happy[0]!, happy[1]!, answered(1, 200, '{}', 20_000, true), internal(11, 20_010, 'hook-sent/WebhookDemo01', 'undefined'), internal(12, 20_010, `${device}/hook-error/WebhookDemo01/0`, 'ESOCKETTIMEDOUT')]));
    expect(states(w)).toEqual(['event done 0', 'hook-sent done 20010', 'request done 3', 'data done 3', 'response none', 'result done 20010']);
  });

  it('shows a skipped call: only the event and the error', () => {
    const w = only(run([happy[0]!, internal(11, 1, `${device}/hook-error/WebhookDemo01/0`, 'Sleeping, too many errors, please wait and try again')]));
    expect(states(w)).toEqual(['event done 0', 'hook-sent none', 'request none', 'data none', 'response none', 'result done 1']);
  });

  it('puts the parts of a long answer in order', () => {
    const body = 'a'.repeat(512) + 'b'.repeat(512) + 'c';
    const part = (id: number, n: number, data: string) => internal(id, 9, `${device}/hook-response/WebhookDemo01/${n}`, data);
    const w = only(run([happy[0]!, happy[1]!, answered(1, 200, body, 1), happy[3]!, part(12, 0, 'a'.repeat(512)), part(14, 2, 'c'), part(13, 1, 'b'.repeat(512))]));
    expect(w.results.map((r) => r.data).join('')).toBe(body);
    expect(operationsOf(w).answer).toBe(3);
  });

  it('keeps the parts together that come before the server has told its answer', () => {
    const part = (id: number, n: number) => internal(id, 9, `${device}/hook-response/WebhookDemo01/${n}`, `${n}`.repeat(512));
    const before = [event(1, -500, '{"id":1}'), internal(2, -499, 'hook-sent/WebhookDemo01', 'undefined'), internal(3, -499, `${device}/hook-response/WebhookDemo01/0`, '{"ok":true}')];
    const walks = run([...before, happy[0]!, happy[1]!, happy[3]!, part(12, 0), part(13, 1), part(14, 2), answered(1, 200, '0'.repeat(512) + '1'.repeat(512) + '2'.repeat(512), 1)]);
    expect(walks.map((w) => w.results.map((r) => r.id))).toEqual([[3], [12, 13, 14]]);
  });

  it('expects no event of an empty answer', () => {
    const w = only(run([happy[0]!, happy[1]!, answered(1, 204, '', 1), happy[3]!]));
    expect([outcomeOf(w), states(w).at(-1)]).toEqual(['empty', 'result none']);
  });

  it('keeps events apart that are on their way at once', () => {
    const walks = run([
      event(20, 0, '{"id":1}'), event(21, 1, '{"id":2}'),
      hook(2, 5, 1, '{"id":2}'), hook(1, 6, 0, '{"id":1}'),
      answered(2, 200, '{"ok":true,"id":2}', 1), answered(1, 200, '{"ok":true,"id":1}', 1),
      internal(22, 8, 'hook-sent/WebhookDemo01', 'undefined'), internal(23, 8, `${device}/hook-response/WebhookDemo01/0`, '{"ok":true,"id":2}'),
      internal(24, 9, 'hook-sent/WebhookDemo01', 'undefined'), internal(25, 9, `${device}/hook-response/WebhookDemo01/0`, '{"ok":true,"id":1}'),
    ]);
    expect(walks.map((w) => [w.event?.id, w.hook?.hookId, w.sent?.id, w.results.map((r) => r.id)])).toEqual([
      [20, 1, 24, [25]],
      [21, 2, 22, [23]],
    ]);
  });

  it('tells an event of the API from one of a device', () => {
    const walks = run([event(1, 0, '{"id":1}', 'api'), event(2, 0, '{"id":2}'), hook(1, 1, 0, '{"id":1}', 'api')]);
    expect(walks.map((w) => [w.device, Boolean(w.hook)])).toEqual([['api', true], [device, false]]);
  });

  it('gives a request with another body to the newest event without one', () => {
    const other: Told = { kind: 'hook', hook: { hookId: 5, receivedAt: at(2), method: 'POST', originalUrl: '/', headers: '', query: '', body: 'text' } };
    expect(run([event(1, 0, '1'), event(2, 1, '2'), other]).map((w) => w.hook?.hookId)).toEqual([undefined, 5]);
    expect(run([other])).toEqual([]);
  });

  it('minds nothing else, forgets the oldest, and clears', () => {
    expect(run([internal(1, 0, 'WebhookDemo012', '1'), internal(2, 0, `${device}/hook-response/WebhookDemo01/0`, 'x'), internal(3, 0, 'spark/status', 'online')])).toEqual([]);
    const many = Array.from({ length: maxWalks + 5 }, (_, i) => event(i + 1, i, '{}'));
    expect(run(many).map((w) => w.event?.id)).toEqual(Array.from({ length: maxWalks }, (_, i) => i + 6));
    expect(run([...many, { kind: 'clear' }])).toEqual([]);
  });
});
