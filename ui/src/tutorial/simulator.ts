/** The simulated device: it does what the firmware does, through the public API and with a token of its own. */
import { failureOf, messageOf } from '../api/client';
import { api } from '../api/client';
import { StreamParser } from '../api/sse';
import { Sensor } from './logic/payload';
import { eventName } from './logic/webhook';

export type SimulatorOptions = {
  device: string;
  product: number;
  platform: number;
  /** A line of its log. */
  log: (line: string) => void;
};

export class Simulator {
  private readonly stopped = new AbortController();
  private readonly sensor: Sensor;

  private constructor(
    private readonly o: SimulatorOptions,
    private readonly token: string,
  ) {
    this.sensor = new Sensor(o.platform);
  }

  /** Gets a token for the device, and listens for answers with it. */
  static async start(o: SimulatorOptions): Promise<Simulator> {
    const { token } = await api.post<{ token: string }>(`/v1/products/${o.product}/devices/${o.device}/tokens`);
    const device = new Simulator(o, token);
    o.log('connected');
    void device.listen();
    return device;
  }

  private send(method: string, path: string, body?: unknown, keepalive = false): Promise<Response> {
    return fetch(path, {
      method,
      credentials: 'omit',
      keepalive,
      headers: { Authorization: `Bearer ${this.token}`, ...(body === undefined ? {} : { 'Content-Type': 'application/json' }) },
      body: body === undefined ? null : JSON.stringify(body),
    });
  }

  /** Publishes the sensor's next reading as the device. */
  async publish(): Promise<void> {
    const data = this.sensor.read();
    this.o.log(`publishing ${data}`);
    const answer = await this.send('POST', '/v1/devices/events', { name: eventName, data });
    if (answer.ok) return;
    const failure = failureOf(answer.status, await answer.text());
    this.o.log(`could not publish: ${failure.message}`);
    throw failure;
  }

  /** Logs the answers to the device's events, as its subscription would. */
  private async listen(): Promise<void> {
    const path = `/v1/devices/events/${this.o.device}/hook-response/${eventName}`;
    try {
      const answer = await fetch(path, { credentials: 'omit', signal: this.stopped.signal, headers: { Authorization: `Bearer ${this.token}`, Accept: 'text/event-stream' } });
      if (!answer.ok || !answer.body) throw failureOf(answer.status, await answer.text());
      const parser = new StreamParser();
      const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
      for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
        for (const m of parser.push(piece.value)) this.o.log(`${m.event}: ${(JSON.parse(m.data) as { data: string }).data}`);
      }
      this.o.log('no longer listening: the stream ended');
    } catch (error) {
      if (!this.stopped.signal.aborted) this.o.log(`not listening: ${messageOf(error)}`);
    }
  }

  /** Disconnects, and revokes its token. */
  stop() {
    if (this.stopped.signal.aborted) return;
    this.stopped.abort();
    this.o.log('disconnected');
    void this.send('DELETE', '/v1/access_tokens/current', undefined, true).catch(() => undefined);
  }
}
