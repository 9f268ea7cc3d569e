import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allTicked, itemsOf, planOf, type Remains, sentenceOf } from './cleanup';
import { columnsOf, flatten } from './flatten';
import { partsOf } from './marks';
import { formatG, Sensor, testData } from './payload';
import { load, proposedName, save } from './store';
import { findWebhook, isStale, templateParts, webhookOf } from './webhook';

const session = { sessionId: 's1', url: 'http://hub.example/demo/hook/s1', token: 'secret', expiresAt: '2026-03-01T12:30:00.000Z' };

describe('formatG', () => {
  it.each([
    [25, '25'],
    [23.5, '23.5'],
    [-3, '-3'],
    [0, '0'],
    [-0, '-0'],
    [0.1 + 0.2, '0.3'],
    [123456, '123456'],
    [1234567, '1.23457e+06'],
    [999999.7, '1e+06'],
    [0.0001, '0.0001'],
    [0.00001234567, '1.23457e-05'],
    [1e100, '1e+100'],
    [100000, '100000'],
  ])('prints %s as %s', (x, want) => expect(formatG(x)).toBe(want));

  it('gives a number of the same size back', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e9, max: 1e9 }), (x) => {
        expect(Math.abs(Number(formatG(x)) - x)).toBeLessThanOrEqual(Math.abs(x) * 5.1e-6);
      }),
    );
  });
});

describe('Sensor', () => {
  it('counts up from a random start, and walks', () => {
    const sensor = new Sensor(0, () => 0.5);
    expect([sensor.read(), sensor.read()]).toEqual(['{"id":500000,"t":20}', '{"id":500001,"t":19.5}']);
  });

  it('tells of the power where a board manages it', () => {
    expect(new Sensor(13, () => 0).read()).toBe('{"id":0,"t":0,"powerSource":5,"soc":60}');
  });

  it('always gives JSON whose t moves by -3 to +2', () => {
    fc.assert(
      fc.property(fc.infiniteStream(fc.double({ min: 0, max: 0.999999, noNaN: true })), (randoms) => {
        const sensor = new Sensor(13, () => randoms.next().value as number);
        const rows = Array.from({ length: 20 }, () => JSON.parse(sensor.read()) as { id: number; t: number; soc: number });
        rows.slice(1).forEach((row, i) => {
          const before = rows[i] as (typeof rows)[number];
          expect(row.id).toBe(before.id + 1);
          expect(row.t - before.t).toBeGreaterThanOrEqual(-3);
          expect(row.t - before.t).toBeLessThanOrEqual(2);
        });
      }),
    );
  });

  it('has test data of its own', () => expect(testData(() => 0.9999999)).toBe('{"id":999999,"t":25}'));
});

describe('flatten', () => {
  it.each([
    ['{"deviceId":"api","sensor":{"id":7,"t":25}}', { deviceId: 'api', 'sensor.id': '7', 'sensor.t': '25' }],
    ['{"a":[1,{"b":null}],"c":{},"d":true}', { 'a.0': '1', 'a.1.b': 'null', c: '{}', d: 'true' }],
    ['25', { body: '25' }],
    ['"x"', { body: 'x' }],
    ['not json', { body: 'not json' }],
  ])('%s', (text, want) => expect(flatten(text)).toEqual(want));

  it('grows columns as rows need them', () => {
    expect(columnsOf([{ a: '1', b: '2' }, { b: '3', c: '4' }, { a: '5' }])).toEqual(['a', 'b', 'c']);
  });
});

describe('marks', () => {
  const values = { device: 'e00f01', id: '25', t: '5', time: '2026-11-25T12:25:05.250Z', data: '{"id":25,"t":5}' };

  it('finds whole values only, the longest first', () => {
    const marked = (text: string) => partsOf(text, values).filter((p) => p.mark).map((p) => `${p.mark}=${p.text}`);
    expect(marked('{"id":25,"t":5}')).toEqual(['id=25', 't=5']);
    expect(marked('at 2026-11-25T12:25:05.250Z')).toEqual(['time=2026-11-25T12:25:05.250Z']);
    expect(marked('e00f01/hook-response')).toEqual(['device=e00f01']);
    expect(marked('1250 25.5 2.25 x25 25x 12:25 e00f012')).toEqual([]);
    expect(marked('It was 25. Then 5, and -5.')).toEqual(['id=25', 't=5']);
  });

  it('loses nothing', () => {
    fc.assert(fc.property(fc.string(), fc.string({ minLength: 1 }), (text, id) => {
      expect(partsOf(text, { ...values, id }).map((p) => p.text).join('')).toBe(text);
    }));
  });
});

describe('webhook', () => {
  it('is found by its event and its target', () => {
    const own = { id: '2', event: 'WebhookDemo01', url: 'http://hub.example/demo/hook/old' };
    expect(findWebhook([{ id: '1', event: 'WebhookDemo01', url: 'http://elsewhere.example/' }, own])).toBe(own);
    expect(findWebhook([{ ...own, event: 'temp' }])).toBeUndefined();
  });

  it('is stale when it goes to another session, or with another token', () => {
    const saved = { id: '1', ...webhookOf(session) };
    expect(isStale(saved, session)).toBe(false);
    expect(isStale(saved, { ...session, url: 'http://hub.example/demo/hook/s2' })).toBe(true);
    expect(isStale(saved, { ...session, token: 'other' })).toBe(true);
  });

  it('shows which variables its templates hold', () => {
    expect(templateParts(webhookOf(session).responseTopic)).toEqual([
      { text: '{{{PARTICLE_DEVICE_ID}}}', variable: 'device' },
      { text: '/hook-response/' },
      { text: '{{{PARTICLE_EVENT_NAME}}}', variable: 'event' },
    ]);
    expect(templateParts('{{{other}}} x')).toEqual([{ text: '{{{other}}}' }, { text: ' x' }]);
  });
});

describe('clean-up', () => {
  const all: Remains = {
    product: { name: 'webhook-demo-boron-7' },
    integrations: 1,
    devices: [{ id: 'a', name: 'one', simulated: true }, { id: 'b', name: null, simulated: false }],
  };
  const steps = (r: Remains, ticks = allTicked) => planOf(r, ticks).map((item) => item.step);

  it('does everything in order, and says what is manual', () => {
    expect(steps(all)).toEqual(['webhooks', 'firmware', 'devices', 'product']);
    expect(itemsOf(all, allTicked).filter((i) => i.manual).map((i) => i.label)).toEqual(['Flash other firmware onto 1 board']);
    expect(sentenceOf(all, allTicked)).toBe(
      'This stops the demo, then, of the product webhook-demo-boron-7, it will delete 1 integration, remove 2 devices and delete the product itself. Flashing other firmware is yours to do by hand: this hub has no way to your boards.',
    );
  });

  it('keeps a product that has something left', () => {
    expect(steps(all, { ...allTicked, devices: false })).toEqual(['webhooks', 'firmware']);
    expect(itemsOf(all, { ...allTicked, devices: false, webhooks: false }).at(-1)?.blocked).toBe('It still has integrations and devices.');
    expect(steps({ ...all, devices: [], integrations: 0 })).toEqual(['product']);
  });

  it('has nothing to do without a product', () => {
    expect(steps({ integrations: 0, devices: [] })).toEqual([]);
    expect(sentenceOf({ integrations: 0, devices: [] }, allTicked)).toBe('This stops the demo.');
  });
});

describe('choices', () => {
  it('are kept for their user and dropped for another', () => {
    window.localStorage.clear();
    expect(load('ann', window.localStorage)).toEqual({ user: 'ann', platform: 0 });
    const chosen = { user: 'ann', platform: 13, product: { id: 7, name: 'p', slug: 'p-v1' } };
    save(chosen, window.localStorage);
    expect(load('ann', window.localStorage)).toEqual(chosen);
    expect(load('bob', window.localStorage)).toEqual({ user: 'bob', platform: 0 });
    expect(load('ann', window.localStorage)).toEqual({ user: 'ann', platform: 0 });
    window.localStorage.setItem('fieldhook.demo', '{not json');
    expect(load('ann', window.localStorage)).toEqual({ user: 'ann', platform: 0 });
  });

  it('propose a name by the platform', () => expect(proposedName(13, () => 0.5)).toBe('webhook-demo-boron-499999'));
});
