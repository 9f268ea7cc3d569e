import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StreamParser } from './sse';

const all = (text: string) => new StreamParser().push(text);

describe('StreamParser', () => {
  it('reads names, data, ids and comments', () => {
    expect(all(':ok\n\nevent: temp\ndata: {"data":"21.5"}\nid: 7\n\n\n')).toEqual([{ event: 'temp', data: '{"data":"21.5"}', id: '7' }]);
  });

  it('joins lines of data, keeps the id, and takes every line end', () => {
    expect(all('id: 1\rdata: a\r\ndata:b\r\n\r\ndata\n\n')).toEqual([
      { event: 'message', data: 'a\nb', id: '1' },
      { event: 'message', data: '', id: '1' },
    ]);
  });

  it('finds the same messages however the text is cut', () => {
    const text = ':ok\n\nevent: a\ndata: x\nid: 1\n\nevent: b\r\ndata: y\r\ndata: z\r\nid: 2\r\n\r\n';
    fc.assert(
      fc.property(fc.array(fc.nat(text.length)), (cuts) => {
        const parser = new StreamParser();
        const edges = [0, ...cuts.sort((a, b) => a - b), text.length];
        const got = edges.slice(1).flatMap((end, i) => parser.push(text.slice(edges[i], end)));
        expect(got).toEqual(all(text));
      }),
    );
  });
});
