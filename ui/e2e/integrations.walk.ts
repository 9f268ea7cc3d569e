import type { ServerResponse } from 'node:http';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { audit, Hub, logIn, openBrowser, openPage, shots, standIn, until } from './harness';
import type { Received } from './hub';

let hub: Hub;
let browser: Browser;
let service: Awaited<ReturnType<typeof standIn>>;

/** What the web service does with a request; each walk sets its own. */
let answer = (_: Received, response: ServerResponse) => void response.writeHead(200, { 'Content-Type': 'application/json' }).end('{"ok":true,"entry":17}');
const well = answer;
const fails = (_: Received, response: ServerResponse) => void response.writeHead(503, { 'Content-Type': 'text/plain' }).end('down for maintenance');

beforeAll(async () => {
  hub = await Hub.start();
  browser = await openBrowser();
  service = await standIn((got, response) => answer(got, response));
});

afterAll(async () => {
  await browser?.close();
  await service?.stop();
  await hub?.stop();
});

type Made = { id: string };

const webhook = (event: string, more: object = {}) => ({ name: `To the ${event}`, event, url: `${service.url}/${event}`, requestType: 'POST', noDefaults: true, json: { v: '{{{PARTICLE_EVENT_VALUE}}}', from: '{{{PARTICLE_DEVICE_ID}}}' }, ...more });

const make = async (event: string, more: object = {}, base = '/v1') => (await hub.call<Made>('POST', `${base}/integrations`, webhook(event, more))).id;

const to = (event: string) => service.received.filter((r) => r.path === `/${event}`);

async function opened(): Promise<Page & { faults: string[] }> {
  const page = await openPage(browser, hub);
  await logIn(page);
  return page;
}

const tab = (page: Page, name: string) => page.getByRole('tab', { name, exact: true }).click();

it('leads to the gallery when there is nothing to list', async () => {
  const page = await opened();
  await page.getByRole('region', { name: 'What comes next' }).getByText('0 of 3 done').waitFor();
  await shots(page, 'overview-next');
  await page.goto('/integrations');
  await page.waitForURL('**/integrations/gallery');
  expect(page.faults).toEqual([]);
});

it('tests an integration: request, answer, events, timing; a failure; a device that is not there', async () => {
  const id = await make('lab');
  const page = await opened();
  await page.goto(`/integrations/webhooks/${id}`);
  await page.getByRole('heading', { level: 1, name: 'To the lab' }).waitFor();
  await page.getByRole('button', { name: 'Test', exact: true }).click();
  const dialog = page.getByRole('dialog');
  expect(await dialog.getByLabel('Event data').inputValue()).toBe('test-event');
  await dialog.getByLabel('Event data').press('Control+Enter');
  await dialog.getByText('Success: the web service answered 200').waitFor();
  await dialog.getByText('POST /lab HTTP/1.1').waitFor();
  await dialog.getByText('"v": "test-event"').waitFor();
  await dialog.getByText('"from": "api"').waitFor();
  await dialog.getByText('"entry": 17').waitFor();
  await dialog.getByText('hook-response/lab/0').waitFor();
  await dialog.getByText(/^Timing: .* in all$/).waitFor();
  expect(to('lab')).toHaveLength(1);
  await shots(page, 'integration-test');

  answer = fails;
  await dialog.getByLabel('Event data').fill('{"t":1}');
  await dialog.getByRole('button', { name: 'Send test event' }).click();
  await dialog.getByText('Failure: the web service answered 503').waitFor();
  await dialog.getByText('down for maintenance').first().waitFor();
  await dialog.getByText('hook-error/lab/0').waitFor();
  answer = well;

  await dialog.getByLabel('Device id').fill('ffffffffffffffffffffffff');
  await dialog.getByRole('button', { name: 'Send test event' }).click();
  await dialog.getByText(/device/i).and(dialog.locator('[id$="-error"]')).waitFor();
  expect(to('lab')).toHaveLength(2);
  await audit(page);
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  expect(page.faults).toEqual([]);
});

it("lists integrations with today's counts and their 30 days, finds them, and switches them off", async () => {
  await make('shop', { name: null });
  for (const n of [1, 2, 3]) await hub.publish('shop', String(n));
  await until(() => to('shop').length === 3, 'three deliveries');
  const page = await opened();
  await page.goto('/integrations');
  const row = page.getByRole('row').filter({ hasText: 'shop to 127.0.0.1' });
  await row.getByText('3', { exact: true }).waitFor();
  await row.getByRole('button', { name: /^30 days of shop/ }).click();
  const chart = page.getByRole('region', { name: /^30 days of shop/ });
  await chart.getByRole('img').waitFor();
  await shots(page, 'integrations');
  await chart.getByText('Table', { exact: true }).click();
  const today = chart.getByRole('table').getByRole('row').nth(1);
  await today.getByRole('cell', { name: '3', exact: true }).waitFor();
  await audit(page);

  await page.getByRole('textbox', { name: 'Search integrations' }).fill('no such thing');
  await page.getByText('No integration matches').waitFor();
  await page.getByRole('textbox', { name: 'Search integrations' }).fill('SHOP');
  await page.waitForURL('**search=SHOP**');
  await row.getByRole('button', { name: /^Actions for/ }).click();
  await page.getByRole('menuitem', { name: 'Disable' }).click();
  await row.getByText('Disabled').waitFor();
  await page.reload();
  await row.getByText('Disabled').waitFor();
  expect(page.faults).toEqual([]);
});

it('shows calls by time with event, request and answer; filters; replays one', async () => {
  const id = await make('meter');
  await hub.publish('meter', '1');
  await until(() => to('meter').length === 1, 'a delivery');
  answer = fails;
  await hub.publish('meter', '{"kwh":12345678901234567890}');
  await until(() => to('meter').length === 2, 'a failed delivery');
  answer = well;
  const page = await opened();
  await page.goto(`/integrations/webhooks/${id}`);
  await page.getByRole('region', { name: 'Recent errors' }).getByText('503').waitFor();
  await shots(page, 'integration-overview');

  await tab(page, 'Calls');
  await page.getByText('2 recorded calls').waitFor();
  await page.getByText('Errors', { exact: true }).click();
  await page.getByText('1 recorded call that matches').waitFor();
  await page.getByRole('button', { name: /503/ }).click();
  await page.getByText('Error message').waitFor();
  await page.getByText('503 Service Unavailable', { exact: true }).waitFor();
  await page.getByText('"kwh": 12345678901234567890').first().waitFor();
  await page.getByText('POST /meter HTTP/1.1').waitFor();
  await page.getByText('down for maintenance').waitFor();
  await page.getByText(/^Timing: .* in all$/).waitFor();
  await page.waitForURL('**call=error-*');
  await shots(page, 'integration-call');

  await page.reload(); // the address has the filter and the opened call
  await page.getByText('Error message').waitFor();
  await page.getByRole('button', { name: 'Replay this call' }).click();
  await until(() => to('meter').length === 3, 'the replayed delivery');
  expect(JSON.parse(to('meter')[2]?.body ?? '')).toEqual({ v: '{"kwh":12345678901234567890}', from: 'api' });
  await page.getByRole('button', { name: 'Clear' }).click();
  await page.getByText('3 recorded calls').waitFor();
  await page.getByText('replay', { exact: true }).first().waitFor();

  await page.getByRole('button', { name: 'Download' }).click();
  const path = await page.getByRole('menuitem', { name: /NDJSON/ }).getAttribute('href');
  const lines = (await page.evaluate(async (p) => (await fetch(p ?? '')).text(), path)).trim().split('\n');
  expect(lines.map((line) => (JSON.parse(line) as { type: string }).type).sort()).toEqual(['error', 'success', 'success']);

  await page.goto(`/integrations/webhooks/${id}?tab=calls&call=success-999`);
  await page.getByText('No longer kept').waitFor();
  expect(page.faults).toEqual([]);
});

it('replays all dead letters, and a time with progress that can be cancelled', async () => {
  answer = fails;
  const id = await make('tank', { retry: { policy: 'failed', maxAttempts: 1 } });
  for (const n of [1, 2, 3]) await hub.publish('tank', String(n));
  const page = await opened();
  await page.goto(`/integrations/webhooks/${id}?tab=replay`);
  const letters = page.getByRole('region', { name: 'Dead letters' }).first();
  await letters.getByText('3 given up').waitFor();
  await shots(page, 'integration-dead-letters');
  await letters.getByRole('button', { name: 'Delete' }).first().click();
  const asked = page.getByRole('dialog', { name: /^Delete the dead letter/ });
  await asked.getByRole('button', { name: 'Delete' }).click();
  await letters.getByText('2 given up').waitFor();

  answer = well;
  const before = to('tank').length;
  await page.getByRole('button', { name: 'Replay all dead letters' }).click();
  const dialog = page.getByRole('dialog', { name: 'Replay events' });
  await audit(page);
  await dialog.getByRole('button', { name: 'Start replay' }).click();
  const replays = page.getByRole('region', { name: 'Replays' });
  await replays.getByText('finished').waitFor();
  await replays.getByText('100 %, 2 events delivered again').waitFor();
  await until(() => to('tank').length === before + 2, 'both letters');
  await letters.getByText(/^None\./).waitFor();

  for (let n = 0; n < 40; n++) await hub.publish('tank', `later ${n}`);
  await until(() => to('tank').length === before + 42, 'forty deliveries');
  await page.getByRole('button', { name: 'Replay events' }).click();
  await dialog.getByRole('radio', { name: 'Everything' }).check();
  await dialog.getByLabel('Events a second').fill('1');
  await dialog.getByRole('button', { name: 'Start replay' }).click();
  await replays.getByText('running').waitFor();
  await replays.getByText(/[1-9]\d* events? delivered again/).first().waitFor();
  await shots(page, 'integration-replay');
  await replays.getByRole('button', { name: 'Cancel' }).click();
  await replays.getByText('cancelled').waitFor();

  await page.getByRole('button', { name: 'Replay events' }).click();
  await dialog.getByRole('radio', { name: 'Everything' }).check();
  await dialog.getByLabel('Events a second').fill('1000');
  await dialog.getByRole('button', { name: 'Start replay' }).click();
  await replays.getByText('100 %, 43 events delivered again').waitFor();
  expect(page.faults).toEqual([]);
});

it('shows settings, programs for devices and the signature', async () => {
  const id = await make('press', { signature: { keys: [`whsec_${Buffer.alloc(32, 7).toString('base64')}`] }, retry: 'failed', ordering: 'device', headers: { 'X-Key': 'abc' } });
  const page = await opened();
  await page.goto(`/integrations/webhooks/${id}?tab=settings`);
  await page.getByRole('region', { name: 'Delivery' }).getByText('Events of one device wait for each other').waitFor();
  await page.getByRole('region', { name: 'Request' }).getByRole('button', { name: 'Copy the url' }).click();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(`${service.url}/press`);
  await shots(page, 'integration-settings');

  await tab(page, 'Example firmware');
  await page.getByText('Particle.subscribe("hook-response/press", onAnswer);').waitFor();
  await shots(page, 'integration-firmware');
  await tab(page, 'ESP32 (Arduino)');
  await page.getByText(`${hub.url}/v1/devices/events`).waitFor();
  await tab(page, 'curl');
  await page.getByText(/^curl -sS/m).first().waitFor();

  await tab(page, 'Signature');
  await page.getByText('Requests are signed').waitFor();
  await page.getByText('timingSafeEqual(got, want)').waitFor();
  await shots(page, 'integration-signature');
  expect(page.faults).toEqual([]);
});

it('copies an integration to a product and disables the original', async () => {
  const { product } = await hub.call<{ product: { id: number; slug: string } }>('POST', '/v1/products', { product: { name: 'Lamps', platform_id: 13 } });
  const id = await make('lamp');
  const page = await opened();
  await page.goto(`/integrations/webhooks/${id}`);
  await page.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('menuitem', { name: 'Copy or move to…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('combobox', { name: 'To' }).or(dialog.getByRole('textbox', { name: 'To' })).click();
  await page.getByRole('option', { name: 'Lamps' }).click();
  expect(await dialog.getByRole('checkbox', { name: 'Disable the original' }).isChecked()).toBe(true);
  await shots(page, 'integration-copy');
  await dialog.getByRole('button', { name: 'Copy', exact: true }).click();
  await page.waitForURL(`**/products/${product.slug}/integrations/webhooks/*`);
  await page.getByRole('button', { name: 'Scope: Lamps' }).waitFor();
  await page.getByRole('heading', { level: 1, name: 'To the lamp' }).waitFor();
  await page.getByText('{{PARTICLE_DEVICE_ID}}/hook-response/{{PARTICLE_EVENT_NAME}}').waitFor();

  await page.goto(`/integrations/webhooks/${id}`);
  await page.getByText('Disabled', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('menuitem', { name: 'Delete' }).click();
  await page.getByRole('dialog', { name: 'Delete the integration To the lamp?' }).getByRole('button', { name: 'Delete' }).click();
  await page.waitForURL('**/integrations');
  await page.getByRole('row').filter({ hasText: 'To the meter' }).waitFor();
  expect(await page.getByRole('row').filter({ hasText: 'To the lamp' }).count()).toBe(0);
  await page.goto(`/integrations/webhooks/${id}`);
  await page.getByRole('heading', { name: 'The integration does not exist' }).waitFor();
  expect(page.faults).toEqual([]);
});

it("breaks an organization's integration down by product, and gives a product its own", async () => {
  const { organization } = await hub.call<{ organization: { id: string; slug: string } }>('POST', '/v1/orgs', { name: 'Northfield' });
  const base = `/v1/orgs/${organization.slug}`;
  const found = async (name: string) => (await hub.call<{ product: { id: number; slug: string } }>('POST', `${base}/products`, { product: { name, platform_id: 13 } })).product;
  const [beds, trees] = [await found('Beds'), await found('Trees')];
  const id = await make('climate', { product_ids: [beds.id, trees.id] }, base);
  for (const n of [1, 2, 3]) await hub.publish('climate', String(n), `/v1/products/${beds.id}/events`);
  await hub.publish('climate', '4', `/v1/products/${trees.id}/events`);
  await until(() => to('climate').length === 4, 'four deliveries');

  const page = await opened();
  await page.goto(`/orgs/${organization.slug}/integrations`);
  await page.getByRole('row').filter({ hasText: 'To the climate' }).getByText('2 products').waitFor();
  await page.getByRole('link', { name: 'To the climate' }).click();
  await page.getByText('Events of these products trigger it').waitFor();
  await page.getByText('100% of 3 attempts').waitFor();
  await page.getByText('100% of 1 attempt').waitFor();
  await shots(page, 'integration-organization');

  await page.goto(`/products/${beds.slug}/integrations`);
  await page.getByRole('region', { name: 'From the organization' }).getByRole('link', { name: 'To the climate' }).click();
  await page.getByText(`This integration belongs to the organization ${organization.slug}`).waitFor();
  await page.getByText('100% of 3 attempts').waitFor(); // the product's own share
  await shots(page, 'integration-inherited');
  await page.getByRole('button', { name: 'Separate integration' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name of the new integration').fill('To the climate');
  await dialog.getByText('Choose another name').waitFor();
  await audit(page);
  await dialog.getByLabel('Name of the new integration').fill('Climate of the beds');
  await dialog.getByRole('button', { name: 'Separate', exact: true }).click();
  await page.getByRole('heading', { level: 1, name: 'Climate of the beds' }).waitFor();
  expect(page.url()).toContain(`/products/${beds.slug}/integrations/webhooks/`);

  const left = await hub.call<{ product_ids: number[] }>('GET', `${base}/integrations/${id}`);
  expect(left.product_ids).toEqual([trees.id]);
  await hub.publish('climate', '5', `/v1/products/${beds.id}/events`);
  await until(() => to('climate').length === 5, 'one delivery, of the product alone');
  await page.goto(`/orgs/${organization.slug}/integrations`);
  await page.getByRole('row').filter({ hasText: 'To the climate' }).getByText('one product').waitFor();
  expect(page.faults).toEqual([]);
});

it('lets a member look who may not change anything', async () => {
  await hub.call('POST', '/v1/admin/users', { username: 'ada@example.com', password: 'only looking around' });
  await hub.call('POST', '/v1/orgs/northfield/team', { username: 'ada@example.com', role: 'View-only' });
  const page = await openPage(browser, hub);
  await logIn(page, { username: 'ada@example.com', password: 'only looking around' });
  await page.goto('/orgs/northfield/integrations');
  await page.getByRole('link', { name: 'To the climate' }).click();
  const test = page.getByRole('button', { name: 'Test', exact: true });
  await expect.poll(() => test.getAttribute('aria-disabled')).toBe('true');
  await test.hover();
  await page.getByText('This takes the role Developer; yours here is View-only.').waitFor();
  await page.getByRole('tab', { name: 'Calls', exact: true }).click();
  await page.getByRole('button', { name: /200/ }).first().click();
  await page.getByText('POST /climate HTTP/1.1').waitFor();
  expect(await page.getByRole('button', { name: 'Replay this call' }).getAttribute('aria-disabled')).toBe('true');
  await audit(page);
  await page.goto(`/integrations/webhooks/${'0'.repeat(24)}`);
  await page.getByRole('heading', { name: 'The integration does not exist' }).waitFor();
  expect(page.faults).toEqual([]);
});

it('counts usage by day, device and product', async () => {
  const page = await opened();
  await page.goto('/usage');
  await page.getByText('Data operations by day').waitFor();
  await page.getByRole('img').first().waitFor();
  await shots(page, 'usage');
  await page.getByText('By device', { exact: true }).click();
  await page.getByRole('region', { name: 'Usage by device' }).getByText('API').waitFor();
  await page.getByText('By product', { exact: true }).click();
  await page.getByRole('region', { name: 'Usage by product' }).waitFor();
  await audit(page);
  await page.goto('/');
  await page.getByRole('region', { name: 'Busiest integrations today' }).getByRole('link', { name: 'To the tank' }).waitFor();
  await shots(page, 'overview');
  expect(page.faults).toEqual([]);
});

it('shows a host that sleeps, why, and how it recovers', async () => {
  const own = await Hub.start(); // the throttle rates host names, and all stand-ins have the same
  try {
    answer = fails;
    const { id } = await own.call<Made>('POST', '/v1/integrations', webhook('valve'));
    const page = await openPage(browser, own);
    await logIn(page);
    await page.goto(`/integrations/webhooks/${id}`);
    await page.getByText('No call in the last minute: every call is made.').waitFor();
    for (let n = 0; n < 10; n++) await own.publish('valve', String(n));
    await page.getByText('Sleeping', { exact: true }).first().waitFor();
    await page.getByText(/The host is spared, and what is skipped counts as sleep\./).waitFor();
    await page.getByText('error status 503').waitFor();

    // Most calls are skipped now; those that are stay visible as sleep.
    await until(async () => {
      await own.publish('valve', 'more');
      const { counters } = await own.call<{ counters: { sleep: number }[] }>('GET', `/v1/integrations/${id}/counters?days=1`);
      return (counters[0]?.sleep ?? 0) > 0;
    }, 'a skipped call');
    await page.goto('/integrations?show=sleeping');
    await page.getByRole('row').filter({ hasText: 'To the valve' }).getByText('Sleeping').waitFor();
    await shots(page, 'integrations-sleeping');
    await page.goto(`/integrations/webhooks/${id}`);
    await page.getByText('Sleeping', { exact: true }).first().waitFor();
    await shots(page, 'integration-sleeping');

    answer = well;
    await until(async () => {
      await own.publish('valve', 'again');
      const { hosts } = await own.call<{ hosts: { state: string }[] }>('GET', '/v1/hosts');
      await new Promise((done) => setTimeout(done, 400));
      return hosts.every((h) => h.state === 'open');
    }, 'the host to be open again', 120_000);
    await page.getByText('Open', { exact: true }).waitFor();
    await page.getByText('Sleeping', { exact: true }).first().waitFor({ state: 'detached' });
    await shots(page, 'integration-recovered');
    expect(page.faults).toEqual([]);
  } finally {
    answer = well;
    await own.stop();
  }
});
