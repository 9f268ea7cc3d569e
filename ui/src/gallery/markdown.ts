/** The small part of Markdown that instructions are written in. No HTML: everything else is text. */
export type Inline = { kind: 'text' | 'code' | 'strong' | 'em'; text: string } | { kind: 'link'; text: string; href: string };
export type Block =
  | { kind: 'heading'; inlines: Inline[] }
  | { kind: 'paragraph'; inlines: Inline[] }
  | { kind: 'list'; ordered: boolean; /** The number of the first item. */ start: number; items: { inlines: Inline[]; blocks: Block[] }[] }
  | { kind: 'code'; language: string; text: string };

/** Reads a text: headings, paragraphs, lists (one in another by indentation), fenced code. */
export function read(source: string): Block[] {
  return blocksOf(source.replaceAll('\r\n', '\n').split('\n'));
}

const item = /^(\s*)(?:([-*])|(\d+)[.)])\s+(.*)$/;
const fence = /^\s*```\s*([\w-]*)\s*$/;

function blocksOf(lines: string[]): Block[] {
  const blocks: Block[] = [];
  let i = 0;
  while (i < lines.length) {
    const line = lines[i] ?? '';
    const heading = /^#{1,6}\s+(.*)$/.exec(line);
    const code = fence.exec(line);
    if (line.trim() === '') i++;
    else if (heading) {
      blocks.push({ kind: 'heading', inlines: inlinesOf(heading[1] ?? '') });
      i++;
    } else if (code) i = codeAt(lines, i, code[1] ?? '', blocks);
    else if (item.test(line)) i = listAt(lines, i, blocks);
    else i = paragraphAt(lines, i, blocks);
  }
  return blocks;
}

function codeAt(lines: string[], begin: number, language: string, blocks: Block[]): number {
  const margin = /^\s*/.exec(lines[begin] ?? '')?.[0].length ?? 0;
  const end = lines.findIndex((l, i) => i > begin && /^\s*```\s*$/.test(l));
  const last = end < 0 ? lines.length : end;
  const text = lines.slice(begin + 1, last).map((l) => (l.slice(0, margin).trim() === '' ? l.slice(margin) : l));
  blocks.push({ kind: 'code', language, text: text.join('\n') });
  return last + 1;
}

/** Items of one list. Lines that are indented below an item belong to it. */
function listAt(lines: string[], begin: number, blocks: Block[]): number {
  const first = item.exec(lines[begin] ?? '');
  const indent = first?.[1]?.length ?? 0;
  const ordered = first?.[3] !== undefined;
  const items: { inlines: Inline[]; blocks: Block[] }[] = [];
  let i = begin;
  while (i < lines.length) {
    const m = item.exec(lines[i] ?? '');
    if (!m || (m[1]?.length ?? 0) !== indent || (m[3] !== undefined) !== ordered) break;
    const inside: string[] = [];
    i++;
    while (i < lines.length && belongs(lines, i, indent)) inside.push((lines[i++] ?? '').slice(indent + 1));
    while (inside.length > 0 && inside.at(-1)?.trim() === '') inside.pop();
    items.push(itemOf(m[4] ?? '', inside.map((l) => l.replace(/^ {1,2}/, ''))));
  }
  blocks.push({ kind: 'list', ordered, start: Number(first?.[3] ?? 1), items });
  return i;
}

/** Whether a line is indented below an item; an empty one when something of the item follows. */
function belongs(lines: string[], i: number, indent: number): boolean {
  const line = lines[i] ?? '';
  if (line.trim() !== '') return (/^ */.exec(line)?.[0].length ?? 0) > indent;
  const next = lines.slice(i).find((l) => l.trim() !== '');
  return next !== undefined && (/^ */.exec(next)?.[0].length ?? 0) > indent;
}

/** Plain lines right behind the mark go on with its text; the rest are blocks of their own. */
function itemOf(start: string, inside: string[]) {
  let text = start;
  let i = 0;
  while (i < inside.length && (inside[i] ?? '').trim() !== '' && !item.test(inside[i] ?? '') && !fence.test(inside[i] ?? '')) text += ` ${(inside[i++] ?? '').trim()}`;
  return { inlines: inlinesOf(text), blocks: blocksOf(inside.slice(i)) };
}

function paragraphAt(lines: string[], begin: number, blocks: Block[]): number {
  let i = begin;
  const text: string[] = [];
  while (i < lines.length && (lines[i] ?? '').trim() !== '' && (i === begin || !(item.test(lines[i] ?? '') || fence.test(lines[i] ?? '') || /^#{1,6}\s/.test(lines[i] ?? '')))) text.push((lines[i++] ?? '').trim());
  blocks.push({ kind: 'paragraph', inlines: inlinesOf(text.join(' ')) });
  return i;
}

const inline = /(`+)(.+?)\1|\*\*(.+?)\*\*|\*([^*\s][^*]*)\*|\[([^\]]+)\]\(([^)\s]+)\)/g;

/** Code, bold, italics and links in a line. A link leads to http, https or within the console. */
export function inlinesOf(source: string): Inline[] {
  const all: Inline[] = [];
  let at = 0;
  for (const m of source.matchAll(inline)) {
    if (m.index > at) all.push({ kind: 'text', text: source.slice(at, m.index) });
    at = m.index + m[0].length;
    if (m[2] !== undefined) all.push({ kind: 'code', text: m[2] });
    else if (m[3] !== undefined) all.push({ kind: 'strong', text: m[3] });
    else if (m[4] !== undefined) all.push({ kind: 'em', text: m[4] });
    else if (m[5] !== undefined && safe(m[6] ?? '')) all.push({ kind: 'link', text: m[5], href: m[6] ?? '' });
    else all.push({ kind: 'text', text: m[0] });
  }
  if (at < source.length) all.push({ kind: 'text', text: source.slice(at) });
  return all;
}

const safe = (href: string) => /^https?:\/\/[^\s]/i.test(href) || /^\/(?![/\\])/.test(href);
