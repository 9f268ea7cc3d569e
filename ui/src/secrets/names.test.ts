import { expect, it } from 'vitest';
import { nameFault, tagOf } from './names';

it('knows the names that the hub takes', () => {
  for (const good of ['A', '_', 'API_KEY', 'K2']) expect(nameFault(good)).toBeNull();
  for (const bad of ['', '2K', 'api', 'A-B', 'A B']) expect(nameFault(bad)).not.toBeNull();
});

it('writes the tag of a template', () => {
  expect(tagOf('API_KEY')).toBe('{{{API_KEY}}}');
});
