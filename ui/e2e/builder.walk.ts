import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { audit, Hub, logIn, openBrowser, openPage, shots, standIn, until } from './harness';

let hub: Hub;
let browser: Browser;
const services: { stop: () => Promise<void> }[] = [];

beforeAll(async () => {
  hub = await Hub.start();
  browser = await openBrowser();
});

afterAll(async () => {
  await browser?.close();
  await Promise.all(services.map((s) => s.stop()));
  await hub?.stop();
});

async function service(...answer: Parameters<typeof standIn>) {
  const s = await standIn(...answer);
  services.push(s);
  return s;
}

const preview = (page: Page) => page.getByRole('region', { name: 'Preview' });

/** Writes a whole template over what the editor holds. */
async function overwrite(page: Page, editor: string, text: string) {
  await page.getByRole('textbox', { name: editor }).click();
  await page.keyboard.press('Control+a');
  await page.keyboard.insertText(text);
}

async function createdId(page: Page): Promise<string> {
  await page.getByRole('button', { name: 'Create webhook' }).click();
  await page.waitForURL(/\/integrations\/webhooks\/[0-9a-f]{24}$/);
  return page.url().slice(-24);
}

it('leads from the gallery to a webhook that ThingSpeak understands, its key in a secret', async () => {
  const thingspeak = await service((_, r) => r.end('17'));
  await hub.call('PUT', '/v1/secrets/THINGSPEAK_KEY', { secret: { value: 'ABCDEFGHIJKLMNOP' } });
  const page = await openPage(browser, hub);
  await logIn(page);

  await page.goto('/integrations/gallery');
  await page.getByRole('link', { name: 'ThingSpeak: start now' }).waitFor();
  await shots(page, 'gallery');
  await page.getByRole('button', { name: 'Messages and alerts' }).click();
  await page.getByRole('link', { name: 'Pushover: start now' }).waitFor();
  expect(await page.getByRole('link', { name: 'ThingSpeak: start now' }).count()).toBe(0);
  expect(page.url()).toContain('category=notifications');
  await page.getByRole('button', { name: 'All', exact: true }).click();
  await page.getByRole('textbox', { name: 'Search the gallery' }).fill('number channel');
  await page.getByRole('link', { name: 'ThingSpeak: start now' }).focus();
  await page.keyboard.press('Enter');

  await page.getByRole('heading', { level: 1, name: 'ThingSpeak' }).waitFor();
  await shots(page, 'gallery-entry');
  await page.getByRole('button', { name: 'Continue in the builder' }).click();
  await page.getByText('This is needed.').waitFor();
  await page.getByRole('combobox', { name: 'Secret for Write API key' }).click();
  await page.getByRole('option', { name: 'THINGSPEAK_KEY' }).click();
  expect(await page.getByLabel(/^Write API key/).inputValue()).toBe('{{{THINGSPEAK_KEY}}}');
  await page.getByRole('button', { name: 'Continue in the builder' }).click();

  await page.getByLabel(/^Event name/).fill('walk-temp');
  await page.getByRole('textbox', { name: 'URL', exact: true }).fill(`${thingspeak.url}/update`);
  // Plain http with a secret is warned of beside the URL; it is this machine.
  await page.getByText('The url is http, so the secrets are sent without encryption.').first().waitFor();
  await preview(page).getByLabel('Name').fill('walk-temp');
  await preview(page).getByText('This event triggers it.').waitFor();
  await preview(page).getByText('api_key=%5B%5BSENSITIVE%5D%5D&field1=72').waitFor();
  await shots(page, 'builder-thingspeak');
  await createdId(page);

  await hub.publish('walk-temp', '73.5');
  await until(() => thingspeak.received.length > 0, 'the request to arrive');
  expect(thingspeak.received[0]).toMatchObject({ method: 'POST', path: '/update', body: 'api_key=ABCDEFGHIJKLMNOP&field1=73.5' });
  expect(thingspeak.received[0]?.headers['content-type']).toBe('application/x-www-form-urlencoded');
  expect(page.faults).toEqual([]);
});

it('leads from the gallery of a product to a webhook that Datacake understands', async () => {
  const datacake = await service();
  await hub.call('POST', '/v1/products', { product: { name: 'Walk', platform_id: 13 } });
  const page = await openPage(browser, hub);
  await logIn(page);
  await page.goto('/products/walk-v1/integrations/gallery/datacake');
  await page.getByLabel(/^HTTP endpoint URL/).fill(`${datacake.url}/integrations/api/1/`);
  await page.getByRole('button', { name: 'Continue in the builder' }).click();
  await preview(page).getByText('"value": 7').waitFor();
  expect(await page.getByRole('switch', { name: /Only the device that triggers/ }).isChecked()).toBe(true);
  await page.getByText('stands outside of quotes').waitFor();
  await shots(page, 'builder-datacake');
  await createdId(page);
  expect(page.url()).toContain('/products/walk-v1/integrations/webhooks/');

  await hub.publish('datacake-data', '{"counter":8,"datacake_serial":"s-1"}', '/v1/products/walk-v1/events');
  await until(() => datacake.received.length > 0, 'the request to arrive');
  expect(JSON.parse(datacake.received[0]?.body ?? '')).toEqual([{ device: 's-1', field: 'COUNTER', value: 8 }]);
  expect(datacake.received[0]?.headers['content-type']).toBe('application/json');
  expect(page.faults).toEqual([]);
});

it('keeps what the form does not know through both tabs, and saves it', async () => {
  const page = await openPage(browser, hub);
  await logIn(page);
  await page.goto('/integrations/webhooks/create');
  await page.getByRole('tab', { name: 'Custom template' }).click();
  const odd = `{"eventName":"round","url":"https://example.com/x","method":"put","form":{"10":"ten","2":1.50,"a":{"b":[1,"{{{t}}}"]}},"headers":{"X-A":"1"},"mydevices":true}`;
  await overwrite(page, 'Custom template', odd);
  await page.getByRole('tab', { name: 'Webhook builder' }).click();
  expect(await page.getByLabel(/^Event name/).inputValue()).toBe('round');
  expect(await page.getByRole('textbox', { name: 'Value of form field 3' }).or(page.getByRole('textbox', { name: 'Value of a new form field' })).first().isVisible()).toBe(false);
  await page.getByRole('button', { name: /^HTTP headers/ }).click();
  await page.getByRole('textbox', { name: 'Name of a new header' }).fill('X-B');
  await page.getByRole('textbox', { name: 'Value of header 2' }).fill('{{{PARTICLE_EVENT_NAME}}}');
  await page.getByRole('button', { name: /^Data fields/ }).click();
  expect(await page.getByRole('textbox', { name: 'Value of form field 3' }).inputValue()).toBe('{"b":[1,"{{{t}}}"]}');
  await shots(page, 'builder-rows');

  await page.getByRole('tab', { name: 'Custom template' }).click();
  await page.getByRole('button', { name: 'Copy', exact: true }).click();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied.replaceAll(/\s+/g, '')).toBe(odd.replace('"X-A":"1"', '"X-A":"1","X-B":"{{{PARTICLE_EVENT_NAME}}}"'));

  await overwrite(page, 'Custom template', '{"event":"round",\n "url": }');
  await page.getByRole('alert').getByText('Line 2, column 9: a value is expected here.').waitFor();
  expect(await page.getByRole('tab', { name: 'Webhook builder' }).isDisabled()).toBe(true);
  expect(await page.getByRole('button', { name: 'Create webhook' }).isDisabled()).toBe(true);
  await shots(page, 'builder-template');
  await overwrite(page, 'Custom template', copied);
  await page.getByText('This is no JSON yet').waitFor({ state: 'detached' });
  const id = await createdId(page);

  const saved = await hub.call<Record<string, unknown>>('GET', `/v1/integrations/${id}`);
  expect(saved).toMatchObject({ event: 'round', requestType: 'PUT', form: { 10: 'ten', 2: 1.5, a: { b: [1, '{{{t}}}'] } }, headers: { 'X-A': '1', 'X-B': '{{{PARTICLE_EVENT_NAME}}}' } });

  await page.goto(`/integrations/webhooks/${id}/edit`);
  await page.getByRole('tab', { name: 'Custom template' }).click();
  await page.locator('.cm-content').getByText('1.50').waitFor();
  await page.getByRole('tab', { name: 'Webhook builder' }).click();
  await page.getByRole('button', { name: 'Remove header X-A' }).click();
  await page.getByRole('button', { name: 'Remove header X-B' }).click();
  // A link asks before it drops what was changed; Cancel would not.
  await page.getByRole('link', { name: 'Devices' }).click();
  await page.getByRole('dialog', { name: 'Leave without saving?' }).getByRole('button', { name: 'Stay' }).click();
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.waitForURL(new RegExp(`/integrations/webhooks/${id}$`));
  expect(await hub.call('GET', `/v1/integrations/${id}`)).not.toHaveProperty('headers');
  expect(page.faults).toEqual([]);
});

it('shows faults where they are, previews a recorded event, and mends braces', async () => {
  await hub.publish('fault/temp', '{"place":"Öd & <wild>"}');
  const page = await openPage(browser, hub);
  await logIn(page);
  await page.goto('/integrations/webhooks/create?event=fault');
  await preview(page).getByText('Give an event name and a URL').waitFor();
  expect(await page.getByText('It cannot be saved like this').count()).toBe(0);
  await page.getByRole('textbox', { name: 'URL', exact: true }).fill('ftp://example.com');
  await page.getByText('The url is not an absolute http or https address.').first().waitFor();
  await page.getByText('It cannot be saved like this').waitFor();
  await page.getByRole('button', { name: /^HTTP headers/ }).click();
  await page.getByRole('textbox', { name: 'Name of a new header' }).fill('X-A');
  await page.getByRole('textbox', { name: 'Value of header 1' }).fill('{{#open}}');
  await page.getByRole('button', { name: /^HTTP headers/ }).getByText('Wrong').waitFor();
  await shots(page, 'builder-faults');

  await page.getByRole('textbox', { name: 'URL', exact: true }).fill('https://example.com/');
  await page.getByRole('textbox', { name: 'Value of header 1' }).fill('{{place}}');
  await preview(page).getByRole('button', { name: 'Recent events' }).click();
  await page.getByRole('dialog').getByRole('button', { name: /fault\/temp/ }).click();
  await preview(page).getByText('X-A: Öd &amp; &lt;wild&gt;').waitFor();
  await page.getByRole('button', { name: 'Use three braces' }).click();
  await preview(page).getByText('X-A: Öd & <wild>').waitFor();
  await preview(page).getByText('This event triggers it.').waitFor();

  // A variable is written where the cursor stands.
  await page.getByRole('button', { name: 'Insert a variable into URL' }).click();
  await page.getByRole('textbox', { name: 'Search variables' }).fill('place');
  await page.getByRole('option', { name: /^place/ }).waitFor();
  await audit(page);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  expect(await page.getByRole('textbox', { name: 'URL', exact: true }).inputValue()).toBe('https://example.com/{{{place}}}');
  await preview(page).getByText('https://example.com/Öd%20&%20%3Cwild%3E').or(preview(page).getByText(/example\.com\/%C3%96d/)).first().waitFor();

  // An event that would not trigger it says why.
  await page.getByLabel(/^Event name/).fill('Fault');
  await preview(page).getByText(/This event does not trigger it/).waitFor();
  expect(page.faults).toEqual([]);
});

it('makes a response template from a sample answer and shows what it costs', async () => {
  const weather = await service((_, r) => {
    r.setHeader('Content-Type', 'application/json');
    r.end(JSON.stringify({ current: { temp: 21.5, sky: 'clear' }, daily: [{ temp: { day: 20 } }], noise: 'x'.repeat(600) }));
  });
  const page = await openPage(browser, hub);
  await logIn(page);
  await page.goto('/integrations/webhooks/create?event=weather');
  await page.getByRole('textbox', { name: 'URL', exact: true }).fill(weather.url);
  await page.getByRole('button', { name: /^Webhook responses/ }).click();
  await page.getByRole('button', { name: 'Build it from a sample answer' }).click();
  const dialog = page.getByRole('dialog');
  await overwrite(page, 'Sample answer', '{"current":{"temp":21.5,"sky":"clear"},"daily":[{"temp":{"day":20}}],"a.b":1}');
  expect(await dialog.getByRole('checkbox', { name: 'a.b' }).isDisabled()).toBe(true);
  await dialog.getByRole('checkbox', { name: 'current.temp' }).check();
  await dialog.getByRole('checkbox', { name: 'current.sky' }).check();
  await dialog.getByRole('textbox', { name: 'Name of current.temp in the result' }).fill('t');
  await dialog.getByText('{"t":{{current.temp}},"sky":"{{{current.sky}}}"}').waitFor();
  await dialog.getByText('{"t":21.5,"sky":"clear"}').waitFor();
  await dialog.getByText('24 bytes in 1 event; 1 data operation for each device that listens.').waitFor();
  await shots(page, 'builder-answer');
  await dialog.getByRole('button', { name: 'Use this template' }).click();
  const id = await createdId(page);

  const report = await hub.call<{ events: { name: string; data: string }[] }>('POST', `/v1/integrations/${id}/test`, {});
  expect(report.events.find((e) => e.name === 'hook-response/weather/0')?.data).toBe('{"t":21.5,"sky":"clear"}');
  expect(page.faults).toEqual([]);
});

it('sends to the request bin of the hub, shows what arrived, and signs with a key made in the browser', async () => {
  const page = await openPage(browser, hub);
  await logIn(page);
  await page.goto('/integrations/webhooks/create?event=bin');
  await page.getByRole('button', { name: "Use the hub's request bin" }).click();
  const url = await page.getByRole('textbox', { name: 'URL', exact: true }).inputValue();
  expect(url).toMatch(/\/bin\/[a-z2-7]{16}$/);
  await page.getByRole('button', { name: /^Signature/ }).click();
  await page.getByRole('button', { name: 'Make a key' }).click();
  await page.getByRole('button', { name: 'Keep and use it' }).click();
  expect(await page.getByRole('textbox', { name: 'Signing key' }).inputValue()).toBe('{{{SIGNING_KEY}}}');
  await preview(page).getByText('webhook-signature: [[SIGNATURE]]').waitFor();
  await shots(page, 'builder-signature');
  const id = await createdId(page);

  await hub.publish('bin/1', 'hello');
  await page.goto(`/integrations/webhooks/${id}/edit`);
  await page.getByRole('button', { name: 'See what arrived' }).click();
  await page.getByRole('dialog').getByText(/webhook-signature/i).waitFor();
  await page.getByRole('dialog').getByText(/event=bin%2F1/).waitFor();
  await audit(page);
  expect(page.faults).toEqual([]);
});

it('keeps a draft for whoever goes back in the browser, and drops it on Cancel', async () => {
  const page = await openPage(browser, hub);
  await logIn(page);
  await page.goto('/integrations/gallery');
  await page.getByRole('link', { name: 'Custom webhook: start now' }).click();
  await page.getByLabel(/^Event name/).fill('draft');
  await page.goBack();
  await page.getByRole('link', { name: 'Custom webhook: start now' }).click();
  await page.getByRole('button', { name: 'Bring them back' }).click();
  expect(await page.getByLabel(/^Event name/).inputValue()).toBe('draft');
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.waitForURL(/\/integrations(\/gallery)?$/);
  await page.goto('/integrations/gallery');
  await page.getByRole('link', { name: 'Custom webhook: start now' }).click();
  await page.getByLabel(/^Event name/).waitFor();
  expect(await page.getByText('You left this page with unsaved changes').count()).toBe(0);
  expect(page.faults).toEqual([]);
});

it('has the fields of the types with a service of their own, and the products of an organization', async () => {
  const { organization } = await hub.call<{ organization: { slug: string } }>('POST', '/v1/orgs', { name: 'Walkers' });
  const { product } = await hub.call<{ product: { id: number } }>('POST', `/v1/orgs/${organization.slug}/products`, { product: { name: 'Boots', platform_id: 13 } });
  const page = await openPage(browser, hub);
  await logIn(page);
  await page.goto(`/orgs/${organization.slug}/integrations/gallery/azure-iot-hub`);
  await page.getByLabel(/^IoT Hub name/).fill('walk-hub');
  await page.getByLabel(/^Policy name/).fill('fieldhook');
  await page.getByRole('textbox', { name: 'Policy key' }).fill('a2V5');
  await page.getByRole('button', { name: 'Continue in the builder' }).click();
  expect(await page.getByRole('textbox', { name: 'Hub name' }).inputValue()).toBe('walk-hub');
  await preview(page).getByText(/walk-hub\.azure-devices\.net/).first().waitFor();
  await shots(page, 'builder-azure');

  await page.goto(`/orgs/${organization.slug}/integrations/webhooks/create?event=boot`);
  await page.getByRole('textbox', { name: 'URL', exact: true }).fill('https://example.com/');
  await page.getByRole('combobox', { name: 'Products where the integration will execute' }).click();
  await page.getByRole('option', { name: `Boots (${product.id})` }).click();
  await page.keyboard.press('Escape');
  await page.getByRole('switch', { name: /Only the device that triggers/ }).uncheck({ force: true });
  await page.getByRole('button', { name: /^Webhook responses/ }).click();
  await page.getByText(/each answer would reach all devices of its products that listen to it/).first().waitFor();
  await shots(page, 'builder-organization');
  await page.getByRole('switch', { name: /Only the device that triggers/ }).check({ force: true });
  const id = await createdId(page);
  const saved = await hub.call<Record<string, unknown>>('GET', `/v1/orgs/${organization.slug}/integrations/${id}`);
  expect(saved).toMatchObject({ product_ids: [product.id] });
  expect(saved).not.toHaveProperty('responseTopic');
  expect(page.faults).toEqual([]);
});
