import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { audit, Hub, logIn, openBrowser, openPage, shots } from './harness';

let hub: Hub;
let browser: Browser;
let page: Page & { faults: string[] };
const ada = { username: 'ada@example.com', password: 'staple in the battery' };

beforeAll(async () => {
  hub = await Hub.start(['--sign-up', 'invite']);
  await hub.call('POST', '/v1/admin/users', ada);
  browser = await openBrowser();
  page = await openPage(browser, hub);
  await logIn(page);
});

afterAll(async () => {
  await browser?.close();
  await hub?.stop();
});

it('founds an organization and makes a product in it', async () => {
  await page.goto('/orgs');
  await page.getByRole('heading', { name: 'You belong to no organization' }).waitFor();
  await shots(page, 'orgs-empty');
  await page.getByRole('button', { name: 'Found an organization' }).first().click();
  await page.getByRole('dialog').getByLabel('Name').fill('Acme');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/orgs/acme/team');

  await page.getByRole('link', { name: 'Products' }).click();
  await page.getByRole('button', { name: 'New product' }).first().click();
  const dialog = page.getByRole('dialog', { name: 'New product' });
  await dialog.getByLabel('Name').fill('Lamp');
  await dialog.getByRole('button', { name: 'Create' }).click();
  await page.waitForURL('**/products/lamp-v1/devices');
  await page.goto('/orgs/acme/products');
  await page.getByRole('link', { name: 'Lamp' }).waitFor();
  await shots(page, 'products');

  await page.goto('/products/lamp-v1/settings');
  await page.getByLabel('Description').fill('A lamp that tells its temperature');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved', { exact: true }).waitFor();
  await shots(page, 'product-settings');
  expect(page.faults).toEqual([]);
});

it('brings people into the team, and changes what they may', async () => {
  await page.goto('/products/lamp-v1/team');
  await page.getByRole('button', { name: 'Add a member' }).click();
  const dialog = page.getByRole('dialog', { name: 'Add a member' });
  await dialog.getByLabel('User name').fill(ada.username);
  await dialog.getByRole('button', { name: 'Add', exact: true }).click();
  const role = page.getByRole('combobox', { name: `Role of ${ada.username}` });
  await role.click();
  await page.getByRole('option', { name: 'View-only' }).click();
  await page.getByText(`${ada.username} is View-only now`).waitFor();

  await page.getByRole('button', { name: 'Add a member' }).click();
  await dialog.getByLabel('User name').fill('bob@example.com');
  await dialog.getByRole('button', { name: 'Add', exact: true }).click();
  await dialog.getByText('Copy the code of the invitation now').waitFor();
  await shots(page, 'team-invitation');
  await dialog.getByRole('button', { name: 'Done' }).click();
  await page.getByRole('button', { name: 'Withdraw the invitation of bob@example.com' }).waitFor();
  await shots(page, 'team');
  expect(page.faults).toEqual([]);
});

it('makes an API user whose token does what was chosen and nothing else', async () => {
  await page.getByRole('tab', { name: 'API users' }).click();
  await page.getByRole('button', { name: 'New API user' }).click();
  const dialog = page.getByRole('dialog', { name: 'New API user' });
  await dialog.getByLabel('Name', { exact: true }).fill('Factory');
  await dialog.getByRole('button', { name: 'Create' }).click();
  await dialog.getByRole('alert').getByText('Choose at least one action').waitFor();
  await dialog.getByRole('button', { name: 'Watch' }).click();
  await dialog.getByRole('checkbox', { name: 'events:publish' }).click();
  await shots(page, 'api-user');
  await dialog.getByRole('button', { name: 'Create' }).click();
  const token = (await dialog.getByTestId('once').textContent()) ?? '';
  await dialog.getByRole('button', { name: 'Done' }).click();
  await hub.call('GET', '/v1/products/lamp-v1/devices', undefined, token);
  await expect(hub.call('POST', '/v1/products/lamp-v1/devices', { id: '0123456789abcdef01234567' }, token)).rejects.toThrow('403');

  await page.getByRole('button', { name: /^Delete factory/i }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click();
  await page.getByRole('heading', { name: 'No API users yet' }).waitFor();
  await expect(hub.call('GET', '/v1/products/lamp-v1/devices', undefined, token)).rejects.toThrow('401');
  expect(page.faults).toEqual([]);
});

it('keeps OAuth clients and customers of the product', async () => {
  await page.getByRole('tab', { name: 'OAuth clients' }).click();
  await page.getByRole('button', { name: 'New OAuth client' }).click();
  let dialog = page.getByRole('dialog', { name: 'New OAuth client' });
  await dialog.getByLabel('Name').fill('Lamp app');
  await dialog.getByLabel('Only makes customers').check();
  await dialog.getByRole('button', { name: 'Create' }).click();
  await dialog.getByText('Copy the secret of the client now').waitFor();
  await dialog.getByRole('button', { name: 'Done' }).click();
  await page.getByRole('cell', { name: 'Make customers' }).waitFor();
  await shots(page, 'clients');

  await page.getByRole('tab', { name: 'Customers' }).click();
  await page.getByRole('button', { name: 'New customer' }).click();
  dialog = page.getByRole('dialog', { name: 'New customer' });
  await dialog.getByLabel('E-mail address').fill('eve@example.com');
  await dialog.getByRole('button', { name: 'Create' }).click();
  await dialog.getByRole('button', { name: 'Done' }).click();
  await page.getByText('Shadow', { exact: true }).waitFor();
  await shots(page, 'customers');
  await page.getByRole('button', { name: 'Delete eve@example.com' }).click();
  await page.getByRole('dialog', { name: 'Delete the customer eve@example.com?' }).getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('heading', { name: 'No customers yet' }).waitFor();
  expect(page.faults).toEqual([]);
});

it('shows somebody who may only view what is there, and no button that would fail', async () => {
  const device = '0123456789abcdef01234567';
  await hub.call('POST', '/v1/products/lamp-v1/devices', { id: device });
  const viewer = await openPage(browser, hub);
  await logIn(viewer, ada);
  await viewer.goto('/products/lamp-v1/devices');
  await viewer.getByRole('link', { name: device }).waitFor();
  const add = viewer.getByRole('button', { name: 'Add a device' });
  await viewer.waitForFunction(() => [...document.querySelectorAll('button')].some((b) => b.textContent === 'Add a device' && b.getAttribute('aria-disabled') === 'true'));
  await add.hover();
  await viewer.getByText('This takes the role Developer; yours here is View-only.').waitFor();
  await add.click({ force: true });
  expect(await viewer.getByRole('dialog').count()).toBe(0);
  await shots(viewer, 'devices-view-only');

  await viewer.getByRole('link', { name: device }).click();
  await viewer.getByText('This takes the role Developer; yours here is View-only.').first().waitFor();
  expect(await viewer.getByRole('button', { name: 'Save' }).count()).toBe(0);
  expect(await viewer.getByRole('button', { name: 'More actions' }).count()).toBe(0);
  await viewer.getByRole('tab', { name: 'Credentials' }).click();
  await viewer.getByRole('heading', { name: 'Credentials are not open to you' }).waitFor();
  await audit(viewer);

  await viewer.goto('/products/lamp-v1/team');
  await viewer.getByRole('cell', { name: ada.username }).waitFor();
  expect(await viewer.getByRole('combobox').count()).toBe(0);
  await viewer.goto('/orgs/acme/team');
  await viewer.getByRole('heading', { name: /The organization acme/ }).waitFor();
  await viewer.goto('/admin');
  await viewer.getByRole('heading', { name: 'The administration is not open to you' }).waitFor();
  expect(await viewer.getByRole('link', { name: 'Administration' }).count()).toBe(0);
  expect(viewer.faults).toEqual([]);
});

it('deletes a product only by its name', async () => {
  await page.goto('/products/lamp-v1/settings');
  await page.getByRole('button', { name: 'Delete the product' }).click();
  const dialog = page.getByRole('dialog', { name: 'Delete Lamp?' });
  const yes = dialog.getByRole('button', { name: 'Delete the product' });
  expect(await yes.isDisabled()).toBe(true);
  await dialog.getByLabel('Type Lamp to go on').fill('Lamp');
  await yes.click();
  await dialog.getByRole('alert').waitFor(); // it has a device
  await shots(page, 'product-delete');
  await dialog.getByRole('checkbox').check();
  await yes.click();
  await page.waitForURL('**/products');
  await page.getByRole('heading', { name: 'No products yet' }).waitFor();
  expect(page.faults).toEqual([]);
});
