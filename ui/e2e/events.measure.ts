import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, it } from 'vitest';
import { Hub, logIn, openBrowser, openPage } from './harness';

/**
 * What the live list costs the browser at 200 events a second for a minute. It
 * prints figures and judges none: they depend on the machine.
 */

const seconds = 60;
const rate = 200;
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

/** Publishes steadily: ten times a second as many as are due. */
async function load() {
  const start = Date.now();
  let sent = 0;
  while (Date.now() - start < seconds * 1000) {
    const due = Math.floor(((Date.now() - start) / 1000) * rate);
    const batch = Array.from({ length: due - sent }, (_, i) => hub.publish(`load/${(sent + i) % 7}`, JSON.stringify({ n: sent + i, t: 21.5 })));
    sent = due;
    await Promise.all(batch);
    await new Promise((done) => setTimeout(done, 100));
  }
  return sent;
}

it('a minute of events', { timeout: 180_000 }, async () => {
  const page = await openPage(browser, hub);
  await logIn(page);
  await page.goto('/events');
  await page.getByText('Live', { exact: true }).waitFor();
  await page.evaluate(() => {
    const seen = { longest: 0, over50: 0, over100: 0, rows: 0 };
    Object.assign(window, { seen });
    new PerformanceObserver((all) => {
      for (const { duration } of all.getEntries()) {
        seen.longest = Math.max(seen.longest, duration);
        if (duration > 50) seen.over50++;
        if (duration > 100) seen.over100++;
      }
    }).observe({ entryTypes: ['longtask'] });
    setInterval(() => (seen.rows = Math.max(seen.rows, document.querySelectorAll('[role="option"]').length)), 100);
  });
  const published = await load();
  const seen = await page.evaluate(() => (window as unknown as { seen: { longest: number; over50: number; over100: number; rows: number } }).seen);
  const kept = await page.getByRole('note').getAttribute('aria-label');
  process.stdout.write(`published ${published} in ${seconds} s; ${kept}; most rows in the page ${seen.rows}; longest task ${Math.round(seen.longest)} ms; tasks over 50 ms ${seen.over50}, over 100 ms ${seen.over100}\n`);
});
