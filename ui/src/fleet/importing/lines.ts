/** Bounds of a list that the browser reads: what the hub takes in one go, and bytes. */
export const mostIds = 200_000;
export const mostBytes = 32 * 1024 * 1024;

/** Headings of columns that hold what names a device, the better ones first. */
const headings = ['deviceid', 'id', 'coreid', 'serialnumber', 'serial', 'imei', 'iccid'];

export class ListFault extends Error {}

/**
 * Reads a list piece by piece: one id on a line, or CSV with the ids in a column
 * that its heading names, else in the first one. What comes again is left out.
 */
export class ListReader {
  private rest = '';
  private column: number | undefined;
  private seen = new Set<string>();
  /** Lines with something in them. */
  lines = 0;

  /** Errors: a ListFault for a list that is too long. */
  push(text: string): void {
    this.rest += text;
    const pieces = this.rest.split(/\r\n|[\r\n]/);
    this.rest = pieces.pop() ?? '';
    if (this.rest.length > 64 * 1024) throw new ListFault('A line is longer than 64 KiB. Is this a list of ids?');
    for (const piece of pieces) this.line(piece);
  }

  /** Ends the list and gives the ids in their order. */
  end(): string[] {
    this.line(this.rest);
    this.rest = '';
    return [...this.seen];
  }

  private line(raw: string): void {
    const line = raw.replace(/^\ufeff/, '').trim();
    if (!line || line.startsWith('#')) return;
    this.lines++;
    const cells = cellsOf(line);
    if (this.column === undefined) {
      const found = headingOf(cells);
      this.column = Math.max(0, found);
      if (found >= 0) return;
    }
    const id = (cells[this.column] ?? '').trim();
    if (id) this.seen.add(id);
    if (this.seen.size > mostIds) throw new ListFault(`The list has more than ${mostIds.toLocaleString()} ids. Split it into several.`);
  }
}

/** The column of the best heading; -1 if the line holds none. */
function headingOf(cells: string[]): number {
  const plain = cells.map((c) => c.toLowerCase().replace(/[^a-z]/g, ''));
  const best = headings.find((h) => plain.includes(h));
  return best === undefined ? -1 : plain.indexOf(best);
}

/** The cells of a line, by commas, semicolons or tabs, whichever comes first. Quotes hold a cell together. */
export function cellsOf(line: string): string[] {
  const cut = /[,;\t]/.exec(line.replace(/"[^"]*"/g, ''))?.[0] ?? ',';
  const cells: string[] = [];
  let cell = '';
  let quoted = false;
  for (let i = 0; i < line.length; i++) {
    const c = line[i];
    if (c === '"' && quoted && line[i + 1] === '"') {
      cell += '"';
      i++;
    } else if (c === '"') quoted = !quoted;
    else if (c === cut && !quoted) {
      cells.push(cell);
      cell = '';
    } else cell += c;
  }
  return [...cells, cell];
}

/** The ids of a text that was pasted; spaces and commas part them, too. */
export function idsIn(text: string): string[] {
  return [...new Set(text.split(/[\s,;]+/).filter(Boolean))];
}

/** Reads a file without holding it in memory as a whole. Errors: a ListFault. */
export async function readList(file: Blob, told: (share: number) => void): Promise<{ ids: string[]; lines: number }> {
  if (file.size > mostBytes) throw new ListFault(`The file is larger than ${mostBytes / 1024 / 1024} MiB. Split it into several.`);
  const list = new ListReader();
  const decoder = new TextDecoder();
  const reader = file.stream().getReader();
  let read = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    if (value.includes(0)) throw new ListFault('This is no text file.');
    list.push(decoder.decode(value, { stream: true }));
    read += value.byteLength;
    told(read / Math.max(1, file.size));
  }
  list.push(decoder.decode());
  return { ids: list.end(), lines: list.lines };
}
