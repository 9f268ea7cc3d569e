import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { audit, Hub, logIn, openBrowser, openPage, shots } from './harness';

let hub: Hub;
let browser: Browser;
let page: Page & { faults: string[] };
let device: string;

beforeAll(async () => {
  hub = await Hub.start();
  device = (await hub.call<{ id: string }>('POST', '/v1/devices', { register: true, name: 'kitchen' })).id;
  browser = await openBrowser();
  page = await openPage(browser, hub);
  await logIn(page);
});

afterAll(async () => {
  await browser?.close();
  await hub?.stop();
});

/** Puts a text into the editor in the place of what is there. */
async function write(text: string) {
  const editor = page.getByRole('textbox', { name: 'Document as JSON' });
  await editor.click();
  await page.keyboard.press('Control+a');
  await page.keyboard.press('Delete');
  await page.keyboard.insertText(text);
}

it('defines a ledger and writes the document of a device', async () => {
  await page.goto('/ledgers');
  await page.getByRole('heading', { name: 'No ledgers yet' }).waitFor();
  await shots(page, 'ledgers-empty');
  await page.getByRole('button', { name: 'New ledger' }).first().click();
  await page.getByRole('dialog').getByLabel('Name').fill('datacake');
  await page.getByRole('dialog').getByRole('button', { name: 'Create' }).click();
  await page.getByRole('button', { name: 'New instance' }).click();
  await page.getByRole('dialog').getByRole('combobox', { name: 'Device' }).fill('kit');
  await page.getByRole('option', { name: /^kitchen/ }).click();
  await page.getByRole('button', { name: 'Edit the document' }).click();
  await page.locator('.cm-editor').waitFor();
  await write('{"serial": }');
  await page.getByRole('alert').getByText('Line 1').waitFor();
  expect(await page.getByRole('button', { name: 'Save' }).isDisabled()).toBe(true);
  await write('{"serial": "6beacdd3", "big": 12345678901234567890}');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved as version 1').waitFor();
  await page.getByRole('region', { name: 'In templates' }).getByText('{{{LEDGER.datacake.serial}}}').waitFor();
  await shots(page, 'ledger-instance');
  await page.reload();
  await page.locator('.cm-content').getByText('12345678901234567890').waitFor();
  expect(page.faults).toEqual([]);
});

it('notices that somebody else was faster, and shows both', async () => {
  const path = `/v1/ledgers/datacake/instances/${device}`;
  await hub.call('PUT', path, { instance: { data: { serial: 'theirs' } } });
  await write('{"serial": "mine"}');
  await page.getByRole('button', { name: 'Save' }).click();
  const conflict = page.getByRole('alert').filter({ hasText: 'Version 2 came meanwhile' });
  await conflict.waitFor();
  await conflict.getByText('"theirs"').waitFor();
  await shots(page, 'ledger-conflict');
  await conflict.getByRole('button', { name: 'Save mine all the same' }).click();
  await page.getByText('Saved as version 3').waitFor();
  await page.getByRole('region', { name: 'Earlier versions' }).getByRole('button', { name: /^Version 2/ }).click();
  const change = page.getByRole('region', { name: 'From version 2 to 3' });
  await change.getByText('"theirs"').waitFor();
  await change.getByText('"mine"').waitFor();
  await shots(page, 'ledger-versions');

  await page.getByText('Merge members').click();
  await write('{"place": "hall"}');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved as version 4').waitFor();
  expect(await hub.call(`GET`, path)).toMatchObject({ instance: { data: { serial: 'mine', place: 'hall' } } });

  await page.goto(`/devices/${device}?tab=ledgers`);
  await page.getByRole('region', { name: 'Ledger datacake' }).getByText('"hall"').waitFor();
  await shots(page, 'device-ledgers');
  expect(page.faults).toEqual([]);
});

it('archives a ledger and brings it back', async () => {
  await page.goto('/ledgers/datacake?tab=use');
  await page.getByText('JSON body of a webhook').waitFor();
  await audit(page);
  await page.getByRole('tab', { name: 'Settings' }).click();
  await page.getByRole('button', { name: 'Archive the ledger' }).click();
  await page.getByRole('dialog', { name: 'Archive the ledger datacake?' }).getByRole('button', { name: 'Archive' }).click();
  await page.getByText('Archived', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Bring it back' }).click();
  await page.getByRole('button', { name: 'Archive the ledger' }).waitFor();
  await page.getByRole('tab', { name: 'Instances' }).click();
  await page.getByRole('link', { name: 'kitchen' }).waitFor();
  await shots(page, 'ledger');
  expect(page.faults).toEqual([]);
});

it('keeps secrets that are replaced, used, and never shown', async () => {
  await page.goto('/secrets');
  await page.getByRole('heading', { name: 'No secrets yet' }).waitFor();
  await shots(page, 'secrets-empty');
  await page.getByRole('button', { name: 'New secret' }).first().click();
  const dialog = page.getByRole('dialog', { name: 'New secret' });
  await dialog.getByLabel('Name').fill('api key');
  expect(await dialog.getByLabel('Name').inputValue()).toBe('API_KEY');
  await dialog.getByLabel('Value').fill('open sesame');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await page.getByText('API_KEY is kept').waitFor();
  await hub.call('POST', '/v1/integrations', { integration_type: 'Webhook', name: 'readings', event: 'temp', url: 'https://example.com', secrets: ['API_KEY'], headers: { 'X-Key': '{{{API_KEY}}}' } });
  await page.reload();
  await page.getByRole('link', { name: 'readings' }).waitFor();
  expect(await page.content()).not.toContain('open sesame');
  await shots(page, 'secrets');

  await page.getByRole('button', { name: 'Replace the value of API_KEY' }).click();
  await page.getByRole('dialog').getByLabel('New value').fill('another one');
  await page.keyboard.press('Enter');
  await page.getByText('API_KEY is replaced').waitFor();
  await page.getByRole('button', { name: 'Delete API_KEY' }).click();
  await page.getByRole('dialog', { name: 'API_KEY is in use' }).getByRole('link', { name: 'readings' }).waitFor();
  await audit(page);
  expect(page.faults).toEqual([]);
});
