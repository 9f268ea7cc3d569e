import AxeBuilder from '@axe-core/playwright';
import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { expect } from 'vitest';
import { admin } from './hub';

export { admin, Demo, Hub, standIn, until } from './hub';

const shotsFolder = resolve(import.meta.dirname, 'shots');

/** Debian's Chromium. Root may not use its sandbox. */
export function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  });
}

/** A page of a browser that nobody has used, at the hub. It collects what went wrong in it. */
export async function openPage(browser: Browser, hub: { url: string }): Promise<Page & { faults: string[] }> {
  const context = await browser.newContext({ baseURL: hub.url, viewport: { width: 1280, height: 860 }, colorScheme: 'light', permissions: ['clipboard-read', 'clipboard-write'], reducedMotion: 'reduce' });
  const page = Object.assign(await context.newPage(), { faults: [] as string[] });
  page.setDefaultTimeout(30_000);
  page.on('pageerror', (error) => page.faults.push(String(error)));
  page.on('console', (m) => {
    if (m.type() === 'error' && !/Failed to load resource/.test(m.text())) page.faults.push(m.text());
  });
  return page;
}

export async function logIn(page: Page, who = admin): Promise<void> {
  await page.goto('/login');
  await page.getByLabel('User name').fill(who.username);
  await page.getByLabel('Password', { exact: true }).fill(who.password);
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByRole('button', { name: /^Account of/ }).waitFor();
}

/** No serious or critical finding of axe in what is shown now. */
export async function audit(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const bad = violations.filter((v) => v.impact === 'serious' || v.impact === 'critical');
  expect(bad.map((v) => `${v.id}: ${v.nodes.slice(0, 4).map((n) => `${n.target.join(' ')} [${n.failureSummary?.split('\n')[1]?.trim() ?? ''}]`).join('; ')}`)).toEqual([]);
}

const looks = [
  { name: 'light', scheme: 'light', width: 1280 },
  { name: 'dark', scheme: 'dark', width: 1280 },
  { name: '400', scheme: 'light', width: 400 },
] as const;

/**
 * Checks and pictures what is shown: axe in light and in dark, no sideways
 * scrolling at 400 px, and a picture of each in e2e/shots/.
 */
export async function shots(page: Page, name: string): Promise<void> {
  await mkdir(shotsFolder, { recursive: true });
  for (const look of looks) {
    await page.emulateMedia({ colorScheme: look.scheme });
    await page.setViewportSize({ width: look.width, height: 860 });
    await page.waitForFunction((scheme) => document.documentElement.dataset['mantineColorScheme'] === scheme, look.scheme);
    await settled(page);
    await audit(page);
    const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(over, `${name} at ${look.width} px is wider than the window by`).toBeLessThanOrEqual(0);
    await page.screenshot({ path: resolve(shotsFolder, `${name}-${look.name}.png`), animations: 'disabled' });
  }
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize({ width: 1280, height: 860 });
}

/**
 * Nothing is loading, and for some frames nothing has changed its look: a colour
 * that is inherited takes a frame for each step of the way down.
 */
async function settled(page: Page): Promise<void> {
  await page.waitForFunction(() => !document.querySelector('[role="status"][aria-label="Loading"]'));
  await page.evaluate(async () => {
    for (let still = 0; still < 5; still += 1) {
      await new Promise(requestAnimationFrame);
      if (document.getAnimations().some((a) => a instanceof CSSTransition)) still = 0;
    }
  });
}
