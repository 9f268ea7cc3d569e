import { expect, it } from 'vitest';
import { kinds, snippetOf } from './snippets';

it('writes programs with the address of this hub and the token', () => {
  for (const { value } of kinds) {
    const text = snippetOf(value, 'https://hub.example.org', '9c1185a5');
    expect(text).toContain('https://hub.example.org/v1/devices/events');
    expect(text).toContain('Bearer 9c1185a5');
  }
});

it('quotes JSON for a C string', () => {
  expect(snippetOf('esp32', '', '')).toContain(String.raw`"{\"name\":\"temp\",\"data\":\"21.5\"}"`);
});
