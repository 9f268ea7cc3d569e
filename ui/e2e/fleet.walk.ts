import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { audit, Hub, logIn, openBrowser, openPage, shots } from './harness';

let hub: Hub;
let browser: Browser;
let page: Page & { faults: string[] };

beforeAll(async () => {
  hub = await Hub.start();
  browser = await openBrowser();
  page = await openPage(browser, hub);
  await logIn(page);
});

afterAll(async () => {
  await browser?.close();
  await hub?.stop();
});

it('registers a device and sees its first event', async () => {
  await page.goto('/devices');
  await page.getByRole('heading', { name: 'No devices yet' }).waitFor();
  await shots(page, 'devices-empty');
  await page.getByRole('button', { name: 'Add the first device' }).click();
  const dialog = page.getByRole('dialog', { name: 'Add a device' });
  await dialog.getByRole('button', { name: 'Register' }).click();
  await dialog.getByText('What to call it').waitFor();
  await shots(page, 'device-add');
  await dialog.getByLabel('Name').fill('kitchen');
  await page.keyboard.press('Enter');

  const ready = page.getByRole('dialog', { name: 'kitchen is ready' });
  await ready.getByText('Waiting for its first event').waitFor();
  const token = (await ready.getByTestId('once').textContent()) ?? '';
  expect(token).toMatch(/^[0-9a-f]{40}$/);
  await ready.getByText('ESP32', { exact: true }).click();
  await ready.getByText('HTTPClient.h').waitFor();
  await shots(page, 'device-ready');
  await hub.publish('temp', '21.5', '/v1/devices/events', token);
  await ready.getByText('The first event is here').waitFor();
  await audit(page);
  await ready.getByRole('button', { name: 'Open the device' }).click();
  await page.getByRole('heading', { name: 'kitchen' }).waitFor();
  expect(page.faults).toEqual([]);
});

it('shows everything about a device, and changes it', async () => {
  await page.getByLabel('Notes').fill('Behind the fridge');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved', { exact: true }).waitFor();
  await shots(page, 'device-facts');

  await page.getByRole('tab', { name: 'Events' }).click();
  await page.getByRole('option').first().click();
  await page.getByRole('region', { name: 'Event' }).getByRole('heading', { name: 'temp' }).waitFor();
  await shots(page, 'device-events');

  await page.getByRole('tab', { name: 'Webhooks' }).click();
  await page.getByRole('heading', { name: 'No recorded calls for this device' }).waitFor();
  await audit(page);

  await page.getByRole('tab', { name: 'Credentials' }).click();
  await page.getByRole('button', { name: /^Revoke the token/ }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
  await page.getByText('No token yet.').waitFor();
  await page.getByLabel('Fingerprint of a certificate').fill('3A:7B'.padEnd(64 + 3, 'd'));
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await page.getByText('64 hexadecimal digits').waitFor();
  await page.getByLabel('Fingerprint of a certificate').fill('3A:7B:'.padEnd(64 + 2, 'd'));
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await page.getByRole('button', { name: /^Take away the certificate/ }).waitFor();
  await shots(page, 'device-credentials');
  expect(page.faults).toEqual([]);
});

it('imports a few thousand ids with progress, can be stopped, and says what became of each', async () => {
  await hub.call('POST', '/v1/products', { name: 'Lamp', platform_id: 0 });
  const ids = Array.from({ length: 4_000 }, (_, i) => `e00fab${String(i).padStart(18, '0')}`);
  const file = join(tmpdir(), `fieldhook-fleet-${process.pid}.csv`);
  await writeFile(file, ['Place,Device ID', ...ids.map((id) => `"hall, left",${id}`), 'cellar,not-an-id', `again,${ids[0]}`].join('\r\n'));

  await page.goto('/products/lamp-v1/devices');
  await page.getByRole('link', { name: 'Import a list' }).click();
  await page.getByLabel('List of devices').setInputFiles(file);
  await page.getByText('4,001 ids').waitFor();
  // The hub goes away in the middle: what is settled stays, and going on sends the rest.
  let requests = 0;
  await page.route('**/v1/products/*/devices', (route) => (route.request().method() === 'POST' && ++requests === 4 ? route.abort() : route.continue()));
  await page.getByRole('button', { name: 'Add 4,001 to the product' }).click();
  await page.getByRole('alert').getByText('The hub does not answer').waitFor();
  await page.getByText('Interrupted, 1,500 of 4,001').waitFor();
  await shots(page, 'import-interrupted');
  await page.getByRole('button', { name: 'Go on' }).click();
  await page.getByText('Done, 4,001 of 4,001').waitFor();
  await page.getByRole('region', { name: 'Added', exact: true }).getByText('4,000').waitFor();
  await page.getByRole('region', { name: 'Not added' }).getByText('not-an-id').waitFor();
  await shots(page, 'import-done');
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download the ids: Not added' }).click();
  expect((await download).suggestedFilename()).toBe('invalid-ids.txt');
  await page.unroute('**/v1/products/*/devices');
  expect(page.faults).toEqual([]);
});

it('finds, orders and opens one of thousands by keyboard', async () => {
  await page.getByRole('link', { name: 'Show the devices' }).click();
  await page.getByText('1–25 of 4,000').waitFor();
  await page.getByRole('button', { name: 'Page 160', exact: true }).click();
  await page.getByText('3,976–4,000 of 4,000').waitFor();
  await page.reload();
  await page.getByText('3,976–4,000 of 4,000').waitFor();
  await page.getByRole('searchbox', { name: 'Search devices' }).fill('000000000000000123');
  await page.getByText('Devices: 1–1 of 1', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Clear the search' }).click();
  await page.getByText('1–25 of 4,000').waitFor();
  await shots(page, 'devices');
  await page.locator('[data-row-link]').first().focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.getByRole('tab', { name: 'Facts' }).waitFor();
  await page.getByLabel('Name', { exact: true }).fill('hall');
  await page.getByRole('combobox', { name: 'Groups' }).fill('ground-floor,');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved', { exact: true }).waitFor();
  await page.getByRole('switch', { name: 'Quarantine' }).click({ force: true });
  await page.getByText('Quarantined').waitFor();

  await page.goto('/products/lamp-v1/devices?tab=groups');
  await page.getByRole('button', { name: '1 device' }).waitFor();
  await shots(page, 'groups');
  await page.getByRole('button', { name: '1 device' }).click();
  await page.getByText('1–1 of 1').waitFor();
  await page.getByRole('button', { name: 'Actions for hall' }).click();
  await page.getByRole('menuitem', { name: 'Remove' }).click();
  await page.getByRole('dialog', { name: 'Remove hall from Lamp?' }).getByRole('button', { name: 'Remove' }).click();
  await page.getByRole('heading', { name: 'No device is like that' }).waitFor();
  expect(page.faults).toEqual([]);
});

it('adds a device with serial number and group to a product, sees its event there, and unclaims it', async () => {
  await page.goto('/products/lamp-v1/devices');
  await page.getByRole('button', { name: 'Add a device' }).click();
  const dialog = page.getByRole('dialog', { name: 'Add a device' });
  await dialog.getByLabel('Name').fill('stair');
  await dialog.getByLabel('Serial number').fill('SN-1');
  await dialog.getByRole('combobox', { name: 'Groups' }).fill('cellar,');
  await dialog.getByLabel('Claim it for myself').check();
  await dialog.getByRole('button', { name: 'Register' }).click();
  const ready = page.getByRole('dialog', { name: 'stair is ready' });
  await ready.getByText('Waiting for its first event').waitFor();
  await hub.publish('door', 'open', '/v1/devices/events', (await ready.getByTestId('once').textContent()) ?? '');
  await ready.getByText('The first event is here').waitFor();
  await ready.getByRole('button', { name: 'Done' }).click();

  await page.getByRole('searchbox', { name: 'Search devices' }).fill('sn-1');
  await page.getByText('Devices: 1–1 of 1', { exact: true }).waitFor();
  await page.getByRole('cell', { name: 'cellar' }).waitFor();
  await page.getByRole('link', { name: 'stair' }).click();
  await page.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('menuitem', { name: 'Unclaim from admin' }).click();
  await page.getByRole('dialog', { name: 'Unclaim stair?' }).getByRole('button', { name: 'Unclaim' }).click();
  await page.getByText('Nobody has claimed it').waitFor();
  await page.getByRole('button', { name: 'Ping' }).click();
  await page.getByText('stair is offline').waitFor();
  expect(page.faults).toEqual([]);
});

it('adds known ids that were pasted, and says which could not be added', async () => {
  await hub.call('POST', '/v1/products', { name: 'Door', platform_id: 0 });
  await page.goto('/products/door-v1/devices?add=ids');
  const dialog = page.getByRole('dialog', { name: 'Add a device' });
  await dialog.getByRole('textbox', { name: 'Ids' }).fill(`0123456789abcdef01234567\ne00fab${'0'.repeat(17)}2\n0123456789abcdef01234567`);
  await dialog.getByText('2 ids.').waitFor();
  await dialog.getByRole('button', { name: 'Add', exact: true }).click();
  await dialog.getByRole('region', { name: 'Added', exact: true }).getByText('0123456789abcdef01234567').waitFor();
  await dialog.getByRole('region', { name: 'Not added' }).getByText(`e00fab${'0'.repeat(17)}2`).waitFor();
  await shots(page, 'device-ids');
  await dialog.getByRole('button', { name: 'Done' }).click();
  await page.getByRole('link', { name: '0123456789abcdef01234567' }).waitFor();
  expect(page.faults).toEqual([]);
});
