import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Demo, openBrowser, openPage, shots, until } from './harness';

/** A newcomer's first look around, in `fieldhook demo`. Its pictures are those of docs/tour.md. */

let demo: Demo;
let browser: Browser;
let page: Page & { faults: string[] };

const ask = <T>(path: string) => page.evaluate(async (path) => (await fetch(path)).json(), path) as Promise<T>;

beforeAll(async () => {
  demo = await Demo.start();
  browser = await openBrowser();
  page = await openPage(browser, demo);
});

afterAll(async () => {
  await browser?.close();
  await demo?.stop();
});

it('signs a newcomer in by the link that fieldhook demo prints', async () => {
  await page.goto(demo.link);
  await page.getByRole('button', { name: /^Account of admin/ }).waitFor();
  expect(page.url()).not.toContain('code=');
  expect(await ask('/v1/session')).toMatchObject({ username: 'admin' });
  expect(await ask('/v1/hub')).toMatchObject({ demo: true });

  const wrong = await openPage(browser, demo);
  await wrong.goto(demo.link.replace(/code=.*/, 'code=wrong'));
  await wrong.getByText('The sign-in link is not valid here, or no longer.').waitFor();
});

it('is alive: events, successes, errors and a host that sleeps', async () => {
  type Day = { success: number; error: number; sleep: number };
  await until(async () => {
    const { integrations } = await ask<{ integrations: { counters: Day[] }[] }>('/v1/integrations/counters?days=1');
    const sum = (pick: (d: Day) => number) => integrations.reduce((n, i) => n + i.counters.reduce((m, d) => m + pick(d), 0), 0);
    return sum((d) => d.success) > 0 && sum((d) => d.error) > 0 && sum((d) => d.sleep) > 0;
  }, 'successes, errors and sleep');
  await page.goto('/');
  await page.getByRole('heading', { level: 1 }).waitFor();
  await shots(page, 'tour-overview');
});

it('shows live events and the path of one', async () => {
  await page.goto('/events');
  const rows = page.getByRole('listbox', { name: 'Events, newest first' }).getByRole('option');
  await until(async () => (await rows.count()) > 10, 'ten events');
  await page.getByLabel('Name begins with').fill('temp');
  await rows.filter({ hasText: /^[\d:.]+temp/ }).first().click();
  await page.getByRole('region', { name: 'Event' }).getByText('Attempt 1').waitFor();
  await shots(page, 'tour-events');
});

it('shows integrations of every fate', async () => {
  await page.goto('/integrations');
  await page.getByText('Demo: counts to a failing service').waitFor();
  await until(() => page.getByText('sleeping', { exact: false }).first().isVisible(), 'the sleeping host');
  await shots(page, 'tour-integrations');
  await page.getByRole('link', { name: 'Demo: counts to a failing service' }).click();
  await page.getByText('Sample data of the demo').first().waitFor();
  await shots(page, 'tour-history');
});

it('leads through the gallery into the builder', async () => {
  await page.goto('/integrations/gallery');
  await page.getByText('ThingSpeak').first().waitFor();
  await shots(page, 'tour-gallery');
  await page.goto('/integrations/webhooks/create?event=temp&data=21.5');
  await page.getByRole('button', { name: "Use the hub's request bin" }).click();
  await page.getByText('This event triggers it.').waitFor();
  await shots(page, 'tour-builder');
});

it('shows a fleet, and one of its devices', async () => {
  await page.goto('/products');
  await page.getByRole('link', { name: 'Greenhouse' }).click();
  await page.getByRole('link', { name: 'bed-A1' }).waitFor();
  await shots(page, 'tour-devices');
  await page.getByRole('link', { name: 'bed-A1' }).click();
  await page.getByRole('heading', { name: 'bed-A1' }).waitFor();
  await shots(page, 'tour-device');
  expect(page.faults).toEqual([]);
});
