import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { choices, grantable, inWords, presets } from './actions';

/** Managing people and what logs in; none of it can be given away. */
const personal = /^(clients|tokens|user|demo):|^(organizations|team):(create|update|delete)$|^products:delete$/;

it('offers every action that the API names and that is not personal, and no other', () => {
  const described = new Set([...readFileSync('../api/openapi.yaml', 'utf8').matchAll(/x-action: (\S+)/g)].map((m) => m[1] ?? ''));
  const offered = Object.entries(grantable).flatMap(([thing, verbs]) => verbs.map((v) => `${thing}:${v}`));
  expect([...described].filter((a) => !personal.test(a) && !offered.includes(a))).toEqual([]);
  expect(offered.filter((a) => personal.test(a))).toEqual([]);
});

it('offers nobody more than his own role', () => {
  expect(choices('View-only').flatMap((c) => c.actions)).not.toContain('devices:create');
  expect(choices('Developer').flatMap((c) => c.actions)).toContain('events:publish');
  expect(choices('Developer').flatMap((c) => c.actions)).not.toContain('products:update');
  expect(choices(null)).toEqual([]);
});

it('has presets of actions that exist', () => {
  const all = choices('Owner').flatMap((c) => c.actions);
  for (const { actions } of presets) expect(all).toEqual(expect.arrayContaining(actions));
});

it('puts actions into words', () => {
  expect(inWords(['devices:list', 'events:get', 'devices:get'])).toBe('devices: list, get; events: get');
});
