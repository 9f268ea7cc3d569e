import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { audit, Hub, logIn, openBrowser, openPage, shots, standIn, until } from './harness';

let hub: Hub;
let browser: Browser;
let service: Awaited<ReturnType<typeof standIn>>;

beforeAll(async () => {
  hub = await Hub.start();
  browser = await openBrowser();
  service = await standIn((_, response) => response.writeHead(200, { 'Content-Type': 'application/json' }).end('{"ok":true,"entry":17}'));
});

afterAll(async () => {
  await browser?.close();
  await service?.stop();
  await hub?.stop();
});

const list = (page: Page) => page.getByRole('listbox', { name: 'Events, newest first' });
const rows = (page: Page) => list(page).getByRole('option');
const kept = async (page: Page) => Number((await page.getByRole('note').getAttribute('aria-label'))?.match(/^\d+/)?.[0]);

it('says what to do when there is nothing, and publishes the first event', async () => {
  const page = await openPage(browser, hub);
  await logIn(page);
  await page.goto('/events');
  await page.getByText('No events yet').waitFor();
  await page.getByText('Live', { exact: true }).waitFor();
  await shots(page, 'events-empty');

  await page.getByRole('button', { name: 'Publish the first one' }).click();
  await page.getByLabel('Event name').fill('x'.repeat(65));
  await page.getByRole('button', { name: 'Publish', exact: true }).click();
  await page.getByText('At most 64 characters; these are 65').waitFor();
  await page.getByLabel('Event name').fill('temp');
  await audit(page);
  await page.getByRole('button', { name: 'Publish', exact: true }).click();
  await rows(page).filter({ hasText: 'temp' }).waitFor();
  expect(page.faults).toEqual([]);
});

it('tells the whole path of an event, with request and response', async () => {
  await hub.call('POST', '/v1/integrations', { name: 'Meter', event: 'meter', url: service.url, requestType: 'POST', json: { v: '{{{PARTICLE_EVENT_VALUE}}}' }, noDefaults: true });
  await hub.publish('meter', '{"kwh":17.25}');
  const page = await openPage(browser, hub);
  await logIn(page);
  await page.goto('/events');
  await rows(page).filter({ hasText: 'hook-response/meter/0' }).waitFor();
  await rows(page).filter({ hasText: '{"kwh":17.25}' }).click();
  const event = page.getByRole('region', { name: 'Event' });
  await event.getByText('Received by the hub').waitFor();
  await event.getByText('Attempt 1').waitFor();
  await event.getByText('hook-sent/meter').waitFor();
  await event.getByText('"kwh": 17.25').waitFor();
  await event.getByRole('button', { name: 'Show request and response' }).click();
  await event.getByText('POST / HTTP/1.1').waitFor();
  await event.getByText('"entry":17').last().waitFor();
  await shots(page, 'events-path');

  // The address holds what is opened.
  await page.reload();
  await page.getByRole('region', { name: 'Event' }).getByText('Attempt 1').waitFor();
  await expect.poll(() => page.getByRole('link', { name: 'Create an integration from this' }).getAttribute('href')).toMatch(/event=meter&data=/);
  expect(page.faults).toEqual([]);
});

it('filters by name, device and kind, also in the address', async () => {
  for (let i = 0; i < 5; i++) await hub.publish('door', String(i));
  const page = await openPage(browser, hub);
  await logIn(page);
  await page.goto('/events?name=door');
  await expect.poll(() => rows(page).count()).toBe(5);
  await page.getByLabel('Name begins with').fill('hook');
  await expect.poll(() => rows(page).allTextContents().then((all) => all.length > 0 && all.every((t) => t.includes('hook-')))).toBe(true);
  await page.getByLabel('Name begins with').fill('nothing-like-it');
  await page.getByText('No event passes the filter').waitFor();
  await audit(page);
});

it('keeps up with a busy stream, holds still when asked, and keeps few rows in the page', async () => {
  const page = await openPage(browser, hub);
  await logIn(page);
  await page.goto('/events');
  await page.getByText('Live', { exact: true }).waitFor();
  const before = await kept(page);
  const burst = (name: string, n: number) => Promise.all(Array.from({ length: n }, (_, i) => hub.publish(name, String(i))));
  for (let i = 0; i < 10; i++) await burst('busy', 100);
  await until(async () => (await kept(page)) >= before + 1_000, 'a thousand events to arrive');
  expect(await rows(page).count()).toBeLessThanOrEqual(100);
  await shots(page, 'events-busy');

  await page.getByRole('button', { name: 'Pause' }).click();
  const top = await rows(page).first().textContent();
  await burst('later', 20);
  await page.getByRole('button', { name: 'Show 20 new events' }).waitFor();
  expect(await rows(page).first().textContent()).toBe(top);
  await page.getByRole('button', { name: 'Show 20 new events' }).click();
  await rows(page).filter({ hasText: 'later' }).first().waitFor();

  // Reading further down holds the list as well; the keyboard moves through it.
  await list(page).evaluate((box) => box.scrollTo({ top: 2_000 }));
  await burst('last', 3);
  await page.getByRole('button', { name: 'Show 3 new events' }).click();
  await list(page).focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await page.waitForURL(/event=\d+/);
  expect(page.faults).toEqual([]);
});

it('resumes without a gap after the hub was away', async () => {
  const page = await openPage(browser, hub);
  await logIn(page);
  await page.goto('/events');
  await page.getByText('Live', { exact: true }).waitFor();
  await page.context().setOffline(true);
  await page.getByRole('status').getByText('Offline').first().waitFor();
  await shots(page, 'events-offline');
  await page.context().setOffline(false);
  await hub.publish('back', 'again');
  await rows(page).filter({ hasText: 'back' }).waitFor();
});
