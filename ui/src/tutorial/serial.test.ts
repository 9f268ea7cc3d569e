import { describe, expect, it } from 'vitest';
import { readSerial, serialOf } from './serial';

function port(pieces: string[], forever = false) {
  const log: string[] = [];
  const readable = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start(c) {
      for (const piece of pieces) c.enqueue(Uint8Array.from(Buffer.from(piece, 'latin1')));
      if (!forever) c.close();
    },
    cancel: () => void log.push('cancelled'),
  });
  return {
    log,
    requestPort: async () => ({
      open: async ({ baudRate }: { baudRate: number }) => void log.push(`open ${baudRate}`),
      close: async () => void log.push('closed'),
      readable,
    }),
  };
}

describe('readSerial', () => {
  it('gives the text, also of characters cut in two, and closes the port', async () => {
    const p = port(['one\r\n2 \xc2', '\xb0C\n']);
    const got: string[] = [];
    await readSerial(p, (t) => got.push(t), new AbortController().signal);
    expect(got.join('')).toBe('one\r\n2 °C\n');
    expect(p.log).toEqual(['open 115200', 'closed']);
  });

  it('ends when it is told to', async () => {
    const p = port(['x'], true);
    const stop = new AbortController();
    await readSerial(p, () => stop.abort(), stop.signal);
    expect(p.log).toEqual(['open 115200', 'cancelled', 'closed']);
  });

  it('says why there is no port', async () => {
    const refusing = { requestPort: async () => { throw new DOMException('No port selected by the user.', 'NotFoundError'); } };
    await expect(readSerial(refusing, () => {}, new AbortController().signal)).rejects.toThrow('No port selected');
  });

  it('is not in every browser', () => {
    expect(serialOf({} as Navigator)).toBeUndefined();
  });
});
