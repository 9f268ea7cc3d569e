/** A recorded request or response, taken apart for people. */
export type HttpText = { start: string; headers: [string, string][]; body: string };

/** Takes the text of a request or response apart at its first empty line. */
export function parseHttp(text: string): HttpText {
  const end = text.search(/\r?\n\r?\n/);
  const head = end < 0 ? text : text.slice(0, end);
  const body = end < 0 ? '' : text.slice(end).replace(/^\r?\n\r?\n/, '');
  const [start = '', ...lines] = head.split(/\r?\n/);
  const headers = lines
    .filter((line) => line.includes(':'))
    .map((line): [string, string] => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon), line.slice(colon + 1).trim()];
    });
  return { start, headers, body };
}

const units = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 });

/** How long a text is, in bytes. */
export function sizeText(text: string): string {
  const bytes = new TextEncoder().encode(text).length;
  if (bytes < 1024) return `${bytes} ${bytes === 1 ? 'byte' : 'bytes'}`;
  return `${units.format(bytes / 1024)} KiB`;
}

export type Timing = { dns: number; connect: number; tls: number; first_byte: number; total: number };

export type Phase = { name: string; ms: number };

/**
 * The phases of a call one after the other. What the hub does not measure apart,
 * sending the request and reading the answer, is what is left of the total.
 */
export function phasesOf(t: Timing): Phase[] {
  const rest = Math.max(0, t.total - t.dns - t.connect - t.tls - t.first_byte);
  const all: Phase[] = [
    { name: 'Name look-up', ms: t.dns },
    { name: 'Connecting', ms: t.connect },
    { name: 'TLS', ms: t.tls },
    { name: 'Waiting for the answer', ms: t.first_byte },
    { name: t.first_byte > 0 ? 'Sending and reading' : 'Waiting in vain', ms: rest },
  ];
  return all.filter((p) => p.ms > 0);
}
