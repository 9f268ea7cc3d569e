import { expect, it } from 'vitest';
import { cover, dots } from './cover';

it('covers what proves who is calling, and leaves references and everything else', () => {
  const settings = {
    url: 'https://example.com/{{{KEY}}}',
    headers: { Authorization: 'Bearer abc', 'X-Key': '{{{API_KEY}}}', 'Content-Type': 'application/json', 'X-Ref': 'Bearer {{{TOKEN}}}' },
    auth: { aws4: { access_key_id: 'AKIA', secret_access_key: '{{{AWS}}}', region: 'eu-west-1' } },
    signature: { keys: ['whsec_abc', '{{{SIGNING_KEY}}}'] },
    retry: { policy: 'failed' },
  };
  expect(cover(settings)).toEqual({
    ...settings,
    headers: { Authorization: dots, 'X-Key': '{{{API_KEY}}}', 'Content-Type': 'application/json', 'X-Ref': 'Bearer {{{TOKEN}}}' },
    auth: { aws4: { access_key_id: dots, secret_access_key: '{{{AWS}}}', region: dots } },
    signature: { keys: [dots, '{{{SIGNING_KEY}}}'] },
  });
});

it('gives the same settings back where there is nothing to cover', () => {
  const settings = { url: 'https://example.com', headers: { 'Content-Type': 'text/plain', 'X-Key': '{{{API_KEY}}}' }, signature: { keys: ['{{{K}}}'] } };
  expect(cover(settings)).toBe(settings);
});
