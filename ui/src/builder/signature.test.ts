import { execFileSync, spawnSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { newSigningKey, verification } from './signature';

const folder = mkdtempSync(join(tmpdir(), 'fieldhook-signature-'));
const key = newSigningKey();
const body = '{"t":21.5,"place":"Öd"}';

const sign = (id: string, timestamp: string) => `v1,${createHmac('sha256', Buffer.from(key.slice(6), 'base64')).update(`${id}.${timestamp}.${body}`).digest('base64')}`;

const has = (tool: string) => !spawnSync(tool, ['--help']).error;

const files: Record<string, string> = { javascript: 'signature.mjs', python: 'signature.py', shell: 'signature.sh' };

beforeAll(() => {
  for (const v of verification) writeFileSync(join(folder, files[v.language] ?? v.language), v.code);
});

afterAll(() => rmSync(folder, { recursive: true }));

it('makes keys that the hub takes: 32 bytes behind whsec_', () => {
  expect(key).toMatch(/^whsec_/);
  expect(Buffer.from(key.slice(6), 'base64')).toHaveLength(32);
  expect(newSigningKey()).not.toBe(key);
});

/** Cases as header fields: what is right, and four ways to be wrong. */
function cases() {
  const now = String(Math.floor(Date.now() / 1000));
  const old = String(Number(now) - 3_600);
  const other = `v1,${Buffer.alloc(32).toString('base64')}`;
  const headers = (id: string, timestamp: string, signature: string) => ({ 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature });
  return {
    good: [headers('a-1', now, sign('a-1', now)), headers('a-1', now, `${other} ${sign('a-1', now)}`)],
    bad: [headers('a-1', now, other), headers('a-2', now, sign('a-1', now)), headers('a-1', old, sign('a-1', old)), headers('a-1', 'soon', sign('a-1', 'soon')), headers('', '', '')],
  };
}

const env = { ...process.env, WEBHOOK_KEY: key };

it('verifies in Node', () => {
  const { good, bad } = cases();
  const program = `import { verified } from './signature.mjs'; const all = ${JSON.stringify([...good, ...bad])}; console.log(JSON.stringify(all.map((h) => verified(h, Buffer.from(${JSON.stringify(body)}), process.env.WEBHOOK_KEY))))`;
  const out = execFileSync('node', ['--input-type=module', '-e', program], { cwd: folder, env, encoding: 'utf8' });
  expect(JSON.parse(out)).toEqual([true, true, false, false, false, false, false]);
});

it.skipIf(!has('python3'))('verifies in Python', () => {
  const { good, bad } = cases();
  const program = `import json, os, signature\nprint(json.dumps([signature.verified(h, ${JSON.stringify(body)}.encode(), os.environ['WEBHOOK_KEY']) for h in ${JSON.stringify([...good, ...bad])}]))`;
  const out = execFileSync('python3', ['-c', program], { cwd: folder, env, encoding: 'utf8' });
  expect(JSON.parse(out)).toEqual([true, true, false, false, false, false, false]);
});

it.skipIf(!has('openssl'))('verifies in the shell', () => {
  const { good, bad } = cases();
  writeFileSync(join(folder, 'body'), body);
  const says = (h: ReturnType<typeof cases>['good'][number]) =>
    spawnSync('sh', ['signature.sh'], { cwd: folder, env: { ...env, KEY: key, ID: h['webhook-id'], TIMESTAMP: h['webhook-timestamp'], SIGNATURE: h['webhook-signature'] }, encoding: 'utf8' }).stdout.trim();
  expect(good.map(says)).toEqual(['verified', 'verified']);
  expect(bad.slice(0, 2).map(says)).toEqual(['forged', 'forged']);
});

it.skipIf(!has('go'))('verifies in Go', { timeout: 120_000 }, () => {
  const { good, bad } = cases();
  writeFileSync(join(folder, 'go.mod'), 'module receiver\n\ngo 1.21\n');
  writeFileSync(join(folder, 'receiver.go'), verification.find((v) => v.language === 'go')?.code ?? '');
  const header = (h: ReturnType<typeof cases>['good'][number]) => `{${Object.entries(h).map(([name, value]) => `http.CanonicalHeaderKey(${JSON.stringify(name)}): {${JSON.stringify(value)}}`).join(', ')}}`;
  const check = `package receiver\n\nimport (\n\t"net/http"\n\t"testing"\n)\n\nfunc TestVerified(t *testing.T) {\n\tfor i, h := range []http.Header{${[...good, ...bad].map(header).join(', ')}} {\n\t\tif Verified(h, []byte(${JSON.stringify(body)}), ${JSON.stringify(key)}) != (i < ${good.length}) {\n\t\t\tt.Error(i)\n\t\t}\n\t}\n}\n`;
  writeFileSync(join(folder, 'receiver_test.go'), check);
  const run = spawnSync('go', ['test', '.'], { cwd: folder, encoding: 'utf8', env: { ...process.env, GOWORK: 'off' } });
  expect(run.stdout + run.stderr).toMatch(/^ok/m);
});
