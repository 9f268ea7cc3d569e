import { expect, it } from 'vitest';
import type { Integration } from '../api/types';
import { canonical, hostName, hostOf, matches, nothing, onDays, percent, productsText, sampleDays, settingsOf, shows, successRate, successText, sum, titleOf, urlOf } from './model';

const integration = (more: Partial<Integration> = {}) => ({
  id: '0123456789abcdef01234567',
  integration_type: 'Webhook',
  event: 'temp',
  url: 'https://example.com:8443/in?x=1',
  requestType: 'POST',
  disabled: false,
  name: null,
  created_at: '2026-03-01T12:00:00.000Z',
  updated_at: '2026-03-01T12:00:00.000Z',
  hookUrl: 'https://hub.example.com/v1/webhooks/0123456789abcdef01234567',
  ...more,
}) as Integration;

it('names an integration by its name, else by event and host', () => {
  expect(titleOf(integration({ name: 'To the lab' }))).toBe('To the lab');
  expect(titleOf(integration())).toBe('temp to example.com:8443');
  expect(titleOf(integration({ event: '', url: '{{{where}}}' }))).toBe('every event to nowhere');
});

it('knows where the types that have no URL send to', () => {
  expect(titleOf(integration({ integration_type: 'AzureIotHub', url: undefined as never, hub_name: 'acme' }))).toBe('temp to acme.azure-devices.net');
  expect(titleOf(integration({ integration_type: 'GoogleMaps', url: undefined as never, event: undefined as never }))).toBe('deviceLocator to www.googleapis.com');
  expect(urlOf(integration({ integration_type: 'GoogleCloudPubSub', url: undefined as never, endpoint: 'http://10.0.0.1/' }))).toBe('http://10.0.0.1/');
});

it('finds hosts, also of URLs that are templates', () => {
  expect(hostOf('https://user:pw@Example.com:8443/a')).toBe('Example.com:8443');
  expect(hostOf('http://{{{host}}}/a')).toBe('{{{host}}}');
  expect(hostName('https://Example.com:8443/a')).toBe('example.com');
  expect(hostName(undefined)).toBe('');
});

it('shows what was saved, under the documented names', () => {
  const saved = settingsOf({ ...integration({ name: 'x' }), method: 'PUT' } as Integration);
  expect(saved).not.toHaveProperty('id');
  expect(saved).toMatchObject({ event: 'temp', name: 'x', method: 'PUT' });
  expect(canonical({ eventName: 'a', deviceid: 'b', responseEvent: 'c', unknown: 1 })).toEqual({ event: 'a', deviceID: 'b', responseTopic: 'c', unknown: 1 });
});

it('adds days, and fills those on which nothing was', () => {
  const day = { ...nothing, date: '2026-03-02', attempts: 3, success: 2, error: 1, timeout: 1, sleep: 4 };
  expect(sum([day, day])).toMatchObject({ attempts: 6, success: 4, error: 2, timeout: 2, sleep: 8 });
  expect(onDays(['2026-03-01', '2026-03-02'], [day]).map((d) => [d.date, d.attempts])).toEqual([
    ['2026-03-01', 0],
    ['2026-03-02', 3],
  ]);
});

it('never calls all what is not all', () => {
  expect(percent(successRate({ attempts: 100_000, success: 99_999 }))).toBe('99.9%');
  expect(percent(successRate({ attempts: 4, success: 4 }))).toBe('100%');
  expect(percent(successRate({ attempts: 8, success: 1 }))).toBe('12.5%');
  expect(percent(successRate({ attempts: 0, success: 0 }))).toBe('–');
  expect([{ attempts: 0, success: 0 }, { attempts: 1, success: 1 }, { attempts: 8, success: 1 }].map(successText)).toEqual(['no attempt yet', '100% of 1 attempt', '12.5% of 8 attempts']);
});

it('tells sample days from real ones', () => {
  const days = ['2026-03-01', '2026-03-02', '2026-03-03'].map((date) => ({ date, attempts: 1, sleep: 0 }));
  expect(sampleDays(days, '2026-03-03')).toBe(2);
  expect(sampleDays(days, null)).toBe(0);
  expect(sampleDays(days.map((d) => ({ ...d, attempts: 0 })), '2026-03-03')).toBe(0);
});

it('finds and filters rows', () => {
  expect(matches(integration({ name: 'To the lab' }), ' LAB temp')).toBe(true);
  expect(matches(integration(), 'lab')).toBe(false);
  const row = { integration: integration({ disabled: 'true' }), today: { ...nothing, error: 1 }, host: undefined };
  expect((['all', 'on', 'off', 'failing', 'sleeping'] as const).map((show) => shows(row, show))).toEqual([true, false, true, true, false]);
});

it('counts products', () => {
  expect([undefined, [1], [1, 2]].map((product_ids) => productsText(integration(product_ids ? { product_ids } : {})))).toEqual(['no product', 'one product', '2 products']);
});
