import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openBrowser, until } from './harness';

const binary = process.env['FIELDHOOK'] ?? resolve(import.meta.dirname, '../../bin/fieldhook');

let folder: string;
let demo: ChildProcess;
let printed = '';
let browser: Browser;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fieldhook-walk-'));
  demo = spawn(binary, ['demo', '--plain', '--folder', join(folder, 'demo'), '--listen', '127.0.0.1:0'], { stdio: ['ignore', 'pipe', 'pipe'] });
  demo.stdout?.on('data', (text: Buffer) => (printed += String(text)));
  demo.stderr?.on('data', (text: Buffer) => (printed += String(text)));
  browser = await openBrowser();
});

afterAll(async () => {
  await browser?.close();
  const ended = new Promise((done) => demo.once('exit', done));
  demo.kill('SIGINT');
  await ended;
  await rm(folder, { recursive: true, force: true });
});

it('signs a newcomer in by the link that fieldhook demo prints', async () => {
  await until(async () => {
    if (demo.exitCode !== null) throw new Error(`the demo ended:\n${printed}`);
    return /#code=\S+\n/.test(printed);
  }, 'the link');
  const link = /http:\S+#code=\S+/.exec(printed)?.[0] ?? '';
  const page = await (await browser.newContext()).newPage();
  await page.goto(link);
  await page.getByRole('button', { name: /^Account of admin/ }).waitFor();
  expect(page.url()).not.toContain('code=');

  const ask = (path: string) => page.evaluate(async (path) => (await fetch(path)).json(), path);
  expect(await ask('/v1/session')).toMatchObject({ username: 'admin' });
  expect(await ask('/v1/hub')).toMatchObject({ demo: true });
  expect(((await ask('/v1/integrations')) as unknown[]).length).toBeGreaterThan(4);

  const wrong = await (await browser.newContext()).newPage();
  await wrong.goto(link.replace(/code=.*/, 'code=wrong'));
  await wrong.getByText('The sign-in link is not valid here, or no longer.').waitFor();
});
