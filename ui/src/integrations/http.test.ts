import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseHttp, phasesOf, sizeText } from './http';

it('takes requests and responses apart', () => {
  expect(parseHttp('POST /a HTTP/1.1\r\nHost: x.example:80\r\nX-A:  b:c\r\n\r\n{"a":1}\r\n\r\nmore')).toEqual({
    start: 'POST /a HTTP/1.1',
    headers: [
      ['Host', 'x.example:80'],
      ['X-A', 'b:c'],
    ],
    body: '{"a":1}\r\n\r\nmore',
  });
  expect(parseHttp('HTTP/1.1 204 No Content\r\n\r\n')).toEqual({ start: 'HTTP/1.1 204 No Content', headers: [], body: '' });
  expect(parseHttp('')).toEqual({ start: '', headers: [], body: '' });
});

it('tells sizes in bytes', () => {
  expect(['', 'a', 'é', 'x'.repeat(2048)].map(sizeText)).toEqual(['0 bytes', '1 byte', '2 bytes', '2 KiB']);
});

it('phases add up to the total', () => {
  expect(phasesOf({ dns: 1, connect: 10, tls: 15, first_byte: 14, total: 42 })).toEqual([
    { name: 'Name look-up', ms: 1 },
    { name: 'Connecting', ms: 10 },
    { name: 'TLS', ms: 15 },
    { name: 'Waiting for the answer', ms: 14 },
    { name: 'Sending and reading', ms: 2 },
  ]);
  expect(phasesOf({ dns: 0, connect: 10, tls: 0, first_byte: 0, total: 20_000 })).toEqual([
    { name: 'Connecting', ms: 10 },
    { name: 'Waiting in vain', ms: 19_990 },
  ]);
  const ms = fc.integer({ min: 0, max: 20_000 });
  fc.assert(
    fc.property(ms, ms, ms, ms, ms, (dns, connect, tls, first_byte, rest) => {
      const total = dns + connect + tls + first_byte + rest;
      expect(phasesOf({ dns, connect, tls, first_byte, total }).reduce((sum, p) => sum + p.ms, 0)).toBe(total);
    }),
  );
});
