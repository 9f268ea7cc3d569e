import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createSocket } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** The binary that `make build` makes. */
const binary = process.env['FIELDHOOK'] ?? resolve(import.meta.dirname, '../../bin/fieldhook');

export const admin = { username: 'admin', password: 'correct horse battery staple' };

/** A real hub with an empty store of its own, on a free port of this machine. */
export class Hub {
  private constructor(
    readonly url: string,
    readonly token: string,
    private readonly process: ChildProcess,
    private readonly folder: string,
    private readonly log: string[],
  ) {}

  /** Starts a hub that may send to this machine; `flags` come after those it needs. */
  static async start(flags: string[] = []): Promise<Hub> {
    const folder = await mkdtemp(join(tmpdir(), 'fieldhook-walk-'));
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const token = 'walk'.padEnd(40, '7');
    const own = ['serve', '--listen', `127.0.0.1:${port}`, '--store', `sqlite:${join(folder, 'hub.db')}`, '--allow-private-targets', '127.0.0.0/8'];
    const child = spawn(binary, [...own, ...flags], {
      cwd: folder,
      env: { ...process.env, FIELDHOOK_ADMIN_PASSWORD: admin.password, FIELDHOOK_ADMIN_TOKEN: token },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const log: string[] = [];
    child.stdout.on('data', (text: Buffer) => log.push(String(text)));
    child.stderr.on('data', (text: Buffer) => log.push(String(text)));
    const hub = new Hub(url, token, child, folder, log);
    await hub.ready();
    return hub;
  }

  private async ready() {
    await until(async () => {
      if (this.process.exitCode !== null) throw new Error(`the hub ended:\n${this.log.join('')}`);
      return (await fetch(`${this.url}/health`).catch(() => undefined))?.ok;
    }, 'the hub to answer');
  }

  /** One call of the API as the administrator, or with another token. */
  async call<T = unknown>(method: string, path: string, body?: unknown, token = this.token): Promise<T> {
    const answer = await fetch(this.url + path, {
      method,
      headers: { Authorization: `Bearer ${token}`, ...(body === undefined ? {} : { 'Content-Type': 'application/json' }) },
      body: body === undefined ? null : JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return (text ? JSON.parse(text) : undefined) as T;
  }

  publish(name: string, data: string, path = '/v1/devices/events', token = this.token) {
    return this.call('POST', path, { name, data }, token);
  }

  async stop() {
    const ended = new Promise((done) => this.process.once('exit', done));
    this.process.kill('SIGTERM');
    await ended;
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** `fieldhook demo` with a folder of its own: a hub in which something happens. */
export class Demo {
  private constructor(
    /** Signs a browser in. */
    readonly link: string,
    private readonly process: ChildProcess,
    private readonly folder: string,
  ) {}

  get url(): string {
    return new URL(this.link).origin;
  }

  static async start(): Promise<Demo> {
    const folder = await mkdtemp(join(tmpdir(), 'fieldhook-walk-'));
    const child = spawn(binary, ['demo', '--plain', '--folder', join(folder, 'demo'), '--listen', '127.0.0.1:0'], { stdio: ['ignore', 'pipe', 'pipe'] });
    let printed = '';
    const hear = (text: Buffer) => (printed += String(text));
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    await until(() => {
      if (child.exitCode !== null) throw new Error(`the demo ended:\n${printed}`);
      return /#code=\S+\n/.test(printed);
    }, 'the link');
    return new Demo(/http:\S+#code=\S+/.exec(printed)?.[0] ?? '', child, folder);
  }

  async stop() {
    const ended = new Promise((done) => this.process.once('exit', done));
    this.process.kill('SIGINT');
    await ended;
    await rm(this.folder, { recursive: true, force: true });
  }
}

export type Received = { method: string; path: string; headers: IncomingMessage['headers']; body: string };

/** A web service on this machine that keeps what it is sent and answers as it is told. */
export async function standIn(answer: (got: Received, response: ServerResponse) => void = (_, r) => r.end('ok')) {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (c: Buffer) => chunks.push(c));
    request.on('end', () => {
      const got = { method: request.method ?? '', path: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks).toString('utf8') };
      received.push(got);
      answer(got, response);
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    received,
    stop: () => new Promise<void>((done) => (server.closeAllConnections(), server.close(() => done()))),
  };
}

async function freePort(): Promise<number> {
  const server = createSocket();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}

/** Asks again and again until the answer is yes; for what has no event to wait for. */
export async function until(question: () => Promise<unknown> | unknown, what: string, within = 60_000): Promise<void> {
  const end = Date.now() + within;
  while (!(await question())) {
    if (Date.now() > end) throw new Error(`waited ${within / 1000} s for ${what}`);
    await new Promise((done) => setTimeout(done, 50));
  }
}
