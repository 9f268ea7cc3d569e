import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { admin, audit, Hub, logIn, openBrowser, openPage, shots } from './harness';

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

it('makes a token that works, and revokes it', async () => {
  await page.goto('/account');
  await page.getByRole('button', { name: 'Delete my account' }).waitFor();
  await shots(page, 'account');
  await page.getByRole('tab', { name: 'Tokens' }).click();
  await page.getByRole('button', { name: 'New token' }).click();
  const dialog = page.getByRole('dialog', { name: 'New token' });
  await dialog.getByLabel('For').fill('backup-script');
  await dialog.getByLabel('Your password').fill('wrong');
  await dialog.getByRole('button', { name: 'Make a token' }).click();
  await dialog.getByRole('alert').getByText('User credentials are invalid').waitFor();
  await dialog.getByLabel('Your password').fill(admin.password);
  await dialog.getByRole('button', { name: 'Make a token' }).click();
  const token = (await dialog.getByTestId('once').textContent()) ?? '';
  await hub.call('GET', '/v1/user', undefined, token);
  await dialog.getByRole('button', { name: 'Done' }).click();
  await shots(page, 'tokens');
  await page.getByRole('button', { name: /^Revoke the token of backup-script/ }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
  await page.getByText('Revoked', { exact: true }).waitFor();
  await expect(hub.call('GET', '/v1/user', undefined, token)).rejects.toThrow('401');
  expect(page.faults).toEqual([]);
});

it('changes the appearance, and keeps OAuth clients of the user', async () => {
  await page.getByRole('tab', { name: 'Appearance' }).click();
  await page.getByLabel('Dark').check();
  expect(await page.evaluate(() => document.documentElement.dataset['mantineColorScheme'])).toBe('dark');
  await page.getByLabel('As the system has it').check();
  await page.getByRole('tab', { name: 'OAuth clients' }).click();
  await page.getByRole('heading', { name: 'No OAuth clients yet' }).waitFor();
  await audit(page);
});

it('lets an administrator make accounts, set passwords, invite, and delete', async () => {
  await page.getByRole('link', { name: 'Administration' }).click();
  await page.getByRole('button', { name: 'New account' }).click();
  await page.getByRole('dialog', { name: 'New account' }).getByLabel('User name').fill('ada@example.com');
  await page.getByRole('dialog', { name: 'New account' }).getByRole('button', { name: 'Create' }).click();
  const shown = page.getByRole('dialog', { name: 'ada@example.com has an account' });
  const password = (await shown.getByTestId('once').textContent()) ?? '';
  await shown.getByRole('button', { name: 'Done' }).click();
  await shots(page, 'admin-users');

  const ada = await openPage(browser, hub);
  await logIn(ada, { username: 'ada@example.com', password });
  await ada.goto('/account');
  await ada.getByLabel('Present password').first().fill(password);
  await ada.getByLabel('New password', { exact: true }).fill('staple in the battery');
  await ada.getByLabel('New password once more').fill('staple in the batter');
  await ada.getByRole('button', { name: 'Change the password' }).click();
  await ada.getByText('It is not the same').waitFor();
  await ada.getByLabel('New password once more').fill('staple in the battery');
  await ada.getByRole('button', { name: 'Change the password' }).click();
  await ada.getByText('The password is changed').waitFor();
  expect(ada.faults).toEqual([]);

  await page.getByRole('button', { name: 'Invite somebody' }).click();
  await page.getByRole('dialog', { name: 'Invite somebody' }).getByRole('button', { name: 'Make a code' }).click();
  await page.getByRole('dialog', { name: 'An invitation' }).getByRole('button', { name: 'Done' }).click();
  await page.getByRole('button', { name: 'Actions for ada@example.com' }).click();
  await page.getByRole('menuitem', { name: 'Set another password' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Set a password' }).click();
  await page.getByRole('dialog', { name: 'Another password for ada@example.com' }).getByRole('button', { name: 'Done' }).click();
  await ada.goto('/devices');
  await ada.getByRole('heading', { name: 'Log in to Fieldhook' }).waitFor();

  await page.getByRole('button', { name: 'Actions for ada@example.com' }).click();
  await page.getByRole('menuitem', { name: 'Delete the account' }).click();
  await page.getByLabel('Type ada@example.com to go on').fill('ada@example.com');
  await page.getByRole('dialog').getByRole('button', { name: 'Delete the account' }).click();
  await page.getByText('Accounts: 1–1 of 1').waitFor();
  await page.getByRole('tab', { name: 'Hosts' }).click();
  await page.getByRole('heading', { name: 'No host was called in the last minute' }).waitFor();
  await shots(page, 'admin-hosts');
  expect(page.faults).toEqual([]);
});

it('logs out everywhere', async () => {
  await page.goto('/account?tab=tokens');
  await page.getByRole('button', { name: 'Log out everywhere' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Log out everywhere' }).click();
  await page.getByRole('heading', { name: 'Log in to Fieldhook' }).waitFor();
  expect(page.faults).toEqual([]);
});
