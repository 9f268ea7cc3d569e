import { expect, it } from 'vitest';
import { print } from './json';
import { patient, questionOf } from './preview';
import { blank, copyOf, settingsIn } from './start';
import { docOf } from './state';
import { membersOf, unescaped } from './variables';
import { authKind } from './Auth';
import { binOf } from './BinHelp';
import { newSigningKey } from './signature';

it('takes the settings out of what the hub answers, as they were written', () => {
  const answer = '{"ok":true,"integration":{"id":"0","event":"a","form":{"10":1.50,"2":"b"},"name":null,"counters":[],"logs":[]},"event":"a"}';
  expect(print(settingsIn(answer))).toBe('{"event":"a","form":{"10":1.50,"2":"b"}}');
  expect(print(copyOf(docOf('{"name":"n","event":"a"}')))).toBe('{"name":"n (copy)","event":"a"}');
  expect(print(blank('a'))).toBe('{"integration_type":"Webhook","event":"a","url":"","requestType":"POST"}');
});

it('asks for a preview of a new integration, a change and a recorded event', () => {
  const sample = { event: { name: 'a', data: '1', deviceID: '' } };
  expect(questionOf(docOf('{"n":1.50}'), sample)).toBe('{"integration":{"n":1.50},"event":{"name":"a","data":"1","deviceID":""}}');
  const saved = { id: '7', doc: docOf('{"event":"a","body":"x"}') };
  expect(questionOf(docOf('{"event":"b"}'), { ...sample, recorded: { id: 'e', published_at: '' } }, saved, { status: 200, body: '{}' })).toBe(
    '{"integration":{"event":"b","body":null},"id":"7","event_id":"e","response":{"status":200,"body":"{}"}}',
  );
});

it('mends tags that escape, and leaves sections and others alone', () => {
  expect(unescaped('{{x}} {{{y}}} {{ a.b }} {{#s}}{{t}}{{/s}} {{& z}}')).toBe('{{{x}}} {{{y}}} {{{a.b}}} {{#s}}{{{t}}}{{/s}} {{& z}}');
});

it('finds the names that JSON data gives', () => {
  expect(membersOf('{"t":1,"gps":{"lat":1},"list":[5,{"a":1}],"a.b":1}')).toEqual(['t', 'gps.lat', 'list.0', 'list.1.a']);
  expect(membersOf('21.5')).toEqual([]);
  expect(membersOf('no json')).toEqual([]);
});

it('knows the kinds of credentials, and request bins', () => {
  expect(['{}', '{"auth":{"user":"a"}}', '{"auth":{"bearer":"a"}}', '{"auth":{"aws4":{}}}', '{"auth":"{\\"bearer\\":\\"a\\"}"}'].map((s) => authKind(docOf(s)))).toEqual(['none', 'basic', 'bearer', 'aws4', 'bearer']);
  expect(binOf('https://hub.example/bin/abc?status=404', 'https://hub.example/bin/')).toBe('abc');
  expect(binOf('https://hub.example/bin/abc/requests', 'https://hub.example/bin/')).toBeUndefined();
  expect(binOf('https://other.example/abc', 'https://hub.example/bin/')).toBeUndefined();
});

it('makes signing keys of 32 random bytes', () => {
  const keys = new Set(Array.from({ length: 50 }, newSigningKey));
  expect(keys.size).toBe(50);
  for (const key of keys) expect(atob(key.replace(/^whsec_/, ''))).toHaveLength(32);
});

it('does not complain of what nobody has filled in yet', () => {
  const preview = { ok: false, matches: false, warnings: [], errors: [{ field: 'event', message: 'a' }, { field: 'url', message: 'b' }, { field: 'headers.A', message: 'c' }] };
  expect(patient(preview, docOf('{"event":"","url":"x"}'))?.errors).toEqual([{ field: 'url', message: 'b' }, { field: 'headers.A', message: 'c' }]);
});
