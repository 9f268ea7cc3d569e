/** The parts of Web Serial that the page uses; not every browser has it. */
type Port = {
  open: (o: { baudRate: number }) => Promise<void>;
  close: () => Promise<void>;
  readable: ReadableStream<Uint8Array<ArrayBuffer>> | null;
};

type Serial = { requestPort: () => Promise<Port> };

/** The browser's Web Serial, if it has it. */
export function serialOf(n: Navigator = navigator): Serial | undefined {
  return (n as Navigator & { serial?: Serial }).serial;
}

/**
 * Asks for a port and reads its text until `signal` ends. Resolves when the
 * device goes or reading ends; rejects if the port cannot be opened.
 */
export async function readSerial(serial: Serial, text: (piece: string) => void, signal: AbortSignal): Promise<void> {
  const port = await serial.requestPort();
  await port.open({ baudRate: 115_200 });
  const decoder = new TextDecoder();
  const reader = port.readable?.getReader();
  const stop = () => void reader?.cancel().catch(() => undefined);
  signal.addEventListener('abort', stop);
  try {
    while (reader && !signal.aborted) {
      const { done, value } = await reader.read();
      if (done) break;
      text(decoder.decode(value, { stream: true }));
    }
  } finally {
    signal.removeEventListener('abort', stop);
    reader?.releaseLock();
    await port.close().catch(() => undefined); // a device that was pulled out has no port to close
  }
}
