import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { audit, Hub, logIn, openBrowser, openPage, shots, until } from './harness';

let hub: Hub;
let browser: Browser;

beforeAll(async () => {
  // Calls give up early, so that a time-out need not be waited for. No private target is opened:
  // the demo's server is answered in process.
  hub = await Hub.start(['--call-timeout', '2s', '--allow-private-targets', '']);
  browser = await openBrowser();
});

afterAll(async () => {
  await browser?.close();
  await hub?.stop();
});

const panel = (page: Page, title: string) => page.getByRole('region', { name: title, exact: true });

/** The step of the explainer whose title begins so. */
const step = (page: Page, title: RegExp) => panel(page, 'Explainer').getByRole('listitem').filter({ has: page.getByRole('heading', { name: title }) });

async function choose(page: Page, answer: string): Promise<void> {
  const told = page.waitForResponse((r) => r.url().includes('/demo/control/') && (r.request().postData() ?? '').includes('hookResponse'));
  await panel(page, 'Test the webhook').getByRole('group', { name: 'What the server answers' }).locator('label').getByText(answer, { exact: true }).click();
  expect((await told).status()).toBe(200);
}

it('goes through the interactive demo with a simulated device', async () => {
  const page = await openPage(browser, hub);
  await logIn(page);
  await page.goto('/demo');
  await page.getByRole('heading', { level: 1, name: 'Webhook demo' }).waitFor();
  await shots(page, 'demo-begin');

  // Device, product, both together.
  await page.getByRole('button', { name: 'Register a simulated device' }).click();
  await panel(page, 'Select a device').getByRole('table', { name: 'The chosen device' }).waitFor();
  await page.getByRole('button', { name: 'Create product' }).click();
  await panel(page, 'Select a product').getByRole('link', { name: 'Devices' }).waitFor();
  await page.getByRole('button', { name: /^Add webhook-demo-simulated-\d+ to webhook-demo-http-\d+$/ }).click();
  await panel(page, 'Add the device to the product').getByText('is in the product').waitFor();

  // The server, and the webhook to it.
  await page.getByRole('button', { name: 'Start demo' }).click();
  await panel(page, 'Start the demo').getByText('Server is running').waitFor();
  await panel(page, 'Start the demo').getByText('Following events', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Stop demo' }).waitFor();
  await page.getByRole('button', { name: 'Create webhook' }).click();
  await panel(page, 'Create a product webhook').getByText('The webhook is in the product.').waitFor();
  await page.getByRole('button', { name: 'Tell me more about creating a webhook' }).click();
  await page.getByText('It is a prefix, so a webhook for').waitFor();

  // An event of the API, and its way.
  await page.getByRole('button', { name: 'Test', exact: true }).click();
  await step(page, /^6\. Event \(hook-response\)/).getByText(/^api\/hook-response/).or(step(page, /^6\. Event \(hook-response\)/).getByRole('cell').first()).first().waitFor();
  expect(await step(page, /^1\. Event \(API\)/).innerText()).toContain('WebhookDemo01');
  expect(await step(page, /^2\. Event \(hook-sent\)/).innerText()).toContain('has sent the request');
  expect(await step(page, /^3\. Your webhook server/).innerText()).toMatch(/POST \/demo\/hook\/[0-9a-f]{32}[^]*Authorization: Bearer [0-9a-f]{32}[^]*Content-Type: application\/json/);
  expect(await step(page, /^4\. Data received/).innerText()).toMatch(/"deviceId": "api"[^]*"t": 25/);
  expect(await step(page, /^5\. Your webhook server/).innerText()).toMatch(/Status 200[^]*"ok": true/);
  await panel(page, 'Webhook server data').getByRole('columnheader', { name: 'sensor.id' }).waitFor();
  await panel(page, 'Event log').getByRole('cell', { name: 'hook-sent/WebhookDemo01' }).first().waitFor();

  // The same value lights up in every step, and a variable tells what it became.
  const variable = step(page, /^3\./).getByRole('button', { name: /PARTICLE_DEVICE_ID/ });
  await variable.hover();
  await page.getByRole('tooltip').getByText('became api').waitFor();
  expect(await page.locator('.wd').getAttribute('data-lit')).toBe('device');
  await page.mouse.move(0, 0);
  await panel(page, 'Explainer').getByRole('group', { name: 'Followed values' }).getByRole('button', { name: 'id in the data' }).click();
  expect(await page.locator('.wd').getAttribute('data-lit')).toBe('id');
  await panel(page, 'Explainer').scrollIntoViewIfNeeded();
  await shots(page, 'demo-explainer');

  // As a device, which hears its answer.
  await page.getByRole('button', { name: 'Click its MODE button' }).click();
  await step(page, /^1\. Event \(Device\)/).waitFor();
  await step(page, /^6\. Event \(hook-response\)/).waitFor();
  await panel(page, 'Testing').getByText(/publishing \{"id":\d+,"t":/).waitFor();
  await panel(page, 'Testing').getByText(/hook-response\/WebhookDemo01\/0: \{"ok":true/).waitFor();

  // A long answer comes back in parts.
  await choose(page, '2 KB');
  await page.getByRole('button', { name: 'Test', exact: true }).click();
  await step(page, /^6\. Event \(hook-response\)/).getByText('The answer came back in 4 parts').waitFor();
  await step(page, /^6\./).scrollIntoViewIfNeeded();
  await shots(page, 'demo-parts');

  // An error, a refused token, and a time-out.
  await choose(page, '404');
  await page.getByRole('button', { name: 'Test', exact: true }).click();
  await step(page, /^6\. Event \(hook-error\)/).getByText('error status 404 from 127.0.0.1').waitFor();
  await step(page, /^6\./).scrollIntoViewIfNeeded();
  await shots(page, 'demo-error');
  await choose(page, 'Wrong token');
  await page.getByRole('button', { name: 'Test', exact: true }).click();
  await step(page, /^6\. Event \(hook-error\)/).getByText('error status 401 from 127.0.0.1').waitFor();
  expect(await step(page, /^3\./).innerText()).toContain('[[SENSITIVE]]');
  await choose(page, 'Time-out');
  await page.getByRole('button', { name: 'Test', exact: true }).click();
  await step(page, /^6\. Event \(hook-error\)/).getByText('ESOCKETTIMEDOUT').waitFor();
  await step(page, /^5\./).getByText(/The hub stopped waiting after 2\.\d s/).waitFor();
  await choose(page, 'Usual');

  // Replay, and one of the earlier events.
  await page.getByRole('button', { name: 'Replay' }).click();
  await step(page, /^6\./).waitFor({ state: 'detached' });
  await step(page, /^6\./).waitFor();

  // The firmware.
  await panel(page, 'Device firmware').getByText('arduino-cli upload').waitFor();
  const download = page.waitForEvent('download');
  await panel(page, 'Device firmware').getByRole('link', { name: 'Download as zip' }).click();
  expect((await download).suggestedFilename()).toBe('webhook-demo-arduino.zip');

  // A new start is a new address, and the webhook follows it.
  const before = await panel(page, 'Create a product webhook').getByRole('table', { name: 'The webhook' }).innerText();
  await page.getByRole('button', { name: 'Stop demo' }).click();
  await panel(page, 'Start the demo').getByText('Stopped').waitFor();
  await page.getByRole('button', { name: 'Start demo' }).click();
  await panel(page, 'Create a product webhook').getByText('The webhook is in the product.').waitFor();
  expect(await panel(page, 'Create a product webhook').getByRole('table', { name: 'The webhook' }).innerText()).not.toBe(before);
  await page.getByRole('button', { name: 'Test', exact: true }).click();
  await step(page, /^6\. Event \(hook-response\)/).getByText(/"ok":true/).first().waitFor();

  // What was chosen is there after a reload.
  await page.reload();
  await panel(page, 'Add the device to the product').getByText('is in the product').waitFor();

  // Clean up.
  await panel(page, 'Clean up').getByText('Delete 1 integration of the product').waitFor();
  await panel(page, 'Clean up').scrollIntoViewIfNeeded();
  await shots(page, 'demo-cleanup');
  await panel(page, 'Clean up').getByRole('button', { name: 'Clean up' }).click();
  const dialog = page.getByRole('dialog', { name: /^Clean up webhook-demo-http-\d+\?$/ });
  await dialog.getByText(/it will delete 1 integration, remove 1 device and delete the product itself\./).waitFor();
  await audit(page);
  await dialog.getByRole('button', { name: 'Clean up' }).click();
  const progress = panel(page, 'Clean up').getByRole('list', { name: 'Progress of the clean-up' });
  await until(async () => (await progress.getByRole('img', { name: 'Done' }).count()) === 3, 'three steps of the clean-up');
  await audit(page);
  expect((await hub.call<{ products: unknown[] }>('GET', '/v1/user/products')).products).toEqual([]);
  expect(await hub.call('GET', '/v1/devices')).toEqual([]);
  expect(page.faults).toEqual([]);
}, 400_000);

it('takes a simulated device away that never came into a product', async () => {
  const page = await openPage(browser, hub);
  await logIn(page);
  await page.goto('/demo');
  await page.getByRole('button', { name: 'Register a simulated device' }).click();
  await panel(page, 'Select a device').getByRole('table', { name: 'The chosen device' }).waitFor();
  expect(await hub.call('GET', '/v1/devices')).toHaveLength(1);
  await panel(page, 'Clean up').getByRole('button', { name: 'Remove the simulated device' }).click();
  await page.getByRole('button', { name: 'Register a simulated device' }).waitFor();
  expect(await hub.call('GET', '/v1/devices')).toEqual([]);
  expect(page.faults).toEqual([]);
});

it('sets everything up with one click', async () => {
  const page = await openPage(browser, hub);
  await logIn(page);
  await page.goto('/demo');
  await page.getByRole('button', { name: 'Set it all up for me' }).click();
  await page.getByRole('button', { name: 'Click its MODE button' }).click();
  await step(page, /^1\. Event \(Device\)/).waitFor();
  await step(page, /^6\. Event \(hook-response\)/).waitFor();
  await page.getByRole('link', { name: 'Next: Clean up' }).waitFor();
  await page.setViewportSize({ width: 360, height: 740 });
  await until(() => page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth), 'the page to fit into 360 px');
  expect(page.faults).toEqual([]);
});

it('works without any device, by keyboard, and forgets what another user chose', async () => {
  const page = await openPage(browser, hub);
  await logIn(page);
  await page.goto('/demo');
  await page.getByRole('button', { name: 'Create product' }).focus();
  await page.keyboard.press('Enter');
  await panel(page, 'Select a product').getByRole('link', { name: 'Devices' }).waitFor();
  await page.getByRole('button', { name: 'Start demo' }).focus();
  await page.keyboard.press('Enter');
  const create = page.getByRole('button', { name: 'Create webhook' });
  await create.waitFor();
  await create.focus();
  await page.keyboard.press('Enter');
  const test = page.getByRole('button', { name: 'Test', exact: true });
  await test.waitFor();
  await test.focus();
  await page.keyboard.press('Enter');
  await step(page, /^6\. Event \(hook-response\)/).waitFor();

  await hub.call('POST', '/v1/admin/users', { username: 'ada@example.com', password: 'correct horse battery' });
  await page.getByRole('button', { name: /^Account of/ }).click();
  await page.getByRole('menuitem', { name: 'Log out' }).click();
  await page.waitForURL('**/login');
  await logIn(page, { username: 'ada@example.com', password: 'correct horse battery' });
  await page.goto('/demo');
  await panel(page, 'Select a product').getByRole('button', { name: 'Create product' }).waitFor();
  expect(page.faults).toEqual([]);
});
