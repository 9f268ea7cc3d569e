import fc from 'fast-check';
import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Block, inlinesOf, read } from './markdown';

const items = resolve(import.meta.dirname, '../../../internal/gallery/items');

describe('markdown', () => {
  it('reads headings, paragraphs, lists and code', () => {
    expect(read('# Title\n\nOne\nline.\n\n1. first\n2. second\n   goes on\n\n```js\nx  = 1\n```\n')).toEqual([
      { kind: 'heading', inlines: [{ kind: 'text', text: 'Title' }] },
      { kind: 'paragraph', inlines: [{ kind: 'text', text: 'One line.' }] },
      {
        kind: 'list',
        ordered: true,
        start: 1,
        items: [
          { inlines: [{ kind: 'text', text: 'first' }], blocks: [] },
          { inlines: [{ kind: 'text', text: 'second goes on' }], blocks: [] },
        ],
      },
      { kind: 'code', language: 'js', text: 'x  = 1' },
    ]);
  });

  it('reads lists and code in items', () => {
    const [list] = read('- a\n  - b\n  - c\n\n  ```\n  code\n  ```\n- d');
    expect(list).toMatchObject({ kind: 'list', items: [{ blocks: [{ kind: 'list', items: [{}, {}] }, { kind: 'code', text: 'code' }] }, { inlines: [{ text: 'd' }] }] });
  });

  it('reads what stands in a line, and leaves everything else as text', () => {
    expect(inlinesOf('a `{{{x}}}` **b** *c* [d](https://example.com) <b>e</b>')).toEqual([
      { kind: 'text', text: 'a ' },
      { kind: 'code', text: '{{{x}}}' },
      { kind: 'text', text: ' ' },
      { kind: 'strong', text: 'b' },
      { kind: 'text', text: ' ' },
      { kind: 'em', text: 'c' },
      { kind: 'text', text: ' ' },
      { kind: 'link', text: 'd', href: 'https://example.com' },
      { kind: 'text', text: ' <b>e</b>' },
    ]);
  });

  it('makes no link that runs a program or leaves by a trick', () => {
    for (const href of ['javascript:alert(1)', 'data:text/html,x', '//evil.example', '/\\evil.example', 'JAVASCRIPT:x']) {
      expect(inlinesOf(`[x](${href})`).some((i) => i.kind === 'link')).toBe(false);
    }
  });

  it('ends on any text and loses no word of it', () => {
    const words = (all: Block[]): string =>
      all
        .map((b) => (b.kind === 'code' ? b.text : b.kind === 'list' ? b.items.map((i) => i.inlines.map((x) => x.text).join('') + words(i.blocks)).join(' ') : b.inlines.map((x) => x.text).join('')))
        .join(' ');
    const line = fc.constantFrom('word', '- word', '  - word', '1. word', '   word', '', '# word', '`word`', '  word  ');
    fc.assert(
      fc.property(fc.array(line, { maxLength: 12 }), (lines) => {
        const count = (text: string) => text.split('word').length;
        expect(count(words(read(lines.join('\n'))))).toBe(count(lines.join('\n')));
      }),
    );
    fc.assert(fc.property(fc.string(), (text) => void read(text)));
  });

  it('reads the instructions of every entry without marks left over', () => {
    for (const id of readdirSync(items)) {
      const texts: string[] = [];
      const collect = (b: Block) => {
        if (b.kind === 'list') b.items.forEach((i) => (texts.push(...i.inlines.filter((x) => x.kind === 'text').map((x) => x.text)), i.blocks.forEach(collect)));
        else if (b.kind !== 'code') texts.push(...b.inlines.filter((x) => x.kind === 'text').map((x) => x.text));
      };
      read(readFileSync(resolve(items, id, 'instructions.md'), 'utf8')).forEach(collect);
      expect(texts.filter((t) => /\*\*|```|\]\(|^#|`/.test(t)), id).toEqual([]);
    }
  });
});
