import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { audit, Hub, logIn, openBrowser, openPage, shots } from './harness';

let hub: Hub;
let browser: Browser;

beforeAll(async () => {
  hub = await Hub.start();
  browser = await openBrowser();
});

afterAll(async () => {
  await browser?.close();
  await hub?.stop();
});

it('leads a newcomer through the first login to where he wanted to go', async () => {
  const page = await openPage(browser, hub);
  await page.goto('/account?tab=tokens');
  await page.getByRole('heading', { name: 'Log in to Fieldhook' }).waitFor();
  await shots(page, 'login');

  await page.getByLabel('User name').fill('admin');
  await page.getByLabel('Password', { exact: true }).fill('wrong');
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByRole('alert').getByText('User credentials are invalid').waitFor();
  await audit(page);

  await page.getByLabel('Password', { exact: true }).fill('correct horse battery staple');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/account?tab=tokens');
  expect(page.faults).toEqual([]);
});

it('shows the frame: scopes, search by keyboard, appearance, logging out', async () => {
  const page = await openPage(browser, hub);
  await logIn(page);
  await page.getByRole('heading', { level: 1 }).waitFor();
  await shots(page, 'overview-empty');

  await page.keyboard.press('Control+k');
  await page.getByRole('searchbox', { name: 'Search' }).or(page.getByRole('textbox', { name: 'Search' })).fill('events');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/events');

  await page.getByRole('button', { name: /^Account of/ }).click();
  await page.getByText('Dark', { exact: true }).click();
  expect(await page.evaluate(() => document.documentElement.dataset['mantineColorScheme'])).toBe('dark');
  await page.getByRole('menuitem', { name: 'Log out' }).click();
  await page.waitForURL('**/login');
  await page.goto('/events');
  await page.getByRole('heading', { name: 'Log in to Fieldhook' }).waitFor();
  expect(page.faults).toEqual([]);
});

it('says what is not there, and what is not open', async () => {
  const page = await openPage(browser, hub);
  await logIn(page);
  await page.goto('/nothing/here');
  await page.getByRole('heading', { name: 'This page does not exist' }).waitFor();
  await audit(page);
  const { product } = await hub.call<{ product: { slug: string } }>('POST', '/v1/products', { name: 'Lamp' });
  await page.goto(`/${product.slug}/events?name=temp`);
  await page.waitForURL(`**/products/${product.slug}/events?name=temp`);
  await page.goto('/products/nobodys/events');
  await page.getByRole('heading', { name: /The product nobodys/ }).waitFor();
  await audit(page);
});

it('loads at most 250 KiB before it shows the first page', async () => {
  const page = await openPage(browser, hub);
  const client = await page.context().newCDPSession(page);
  await client.send('Network.enable');
  let bytes = 0;
  client.on('Network.loadingFinished', (e) => (bytes += e.encodedDataLength));
  await page.goto('/login');
  await page.getByRole('button', { name: 'Log in' }).waitFor();
  expect(bytes).toBeLessThan(250 * 1024);
});
