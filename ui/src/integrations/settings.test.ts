import fc from 'fast-check';
import { expect, it } from 'vitest';
import { describe, topicsOf } from './settings';

const rows = (settings: Record<string, unknown>, kind: 'sandbox' | 'product' | 'organization' = 'sandbox') =>
  Object.fromEntries(describe(settings, kind).flatMap((g) => g.rows.map((r) => [r.key, r.text])));

it('tells the settings of a plain webhook', () => {
  expect(rows({ event: 'temp', url: 'https://a.example/', requestType: 'GET' })).toMatchObject({
    event: 'temp',
    url: 'https://a.example/',
    requestType: 'GET',
    format: 'Query string',
    deviceID: 'Any device',
    disabled: 'Enabled',
    responseTopic: 'hook-response/{{PARTICLE_EVENT_NAME}}',
    retry: "The hub's default",
    rejectUnauthorized: 'Yes: certificates are verified',
  });
});

it('tells settings that are texts or objects', () => {
  expect(rows({ event: 't', url: 'u', retry: { policy: 'failed', maxAge: '1h' }, rejectUnauthorized: 'false', disabled: 'true', json: '{"a":1}', secrets: ['A', 'B'] })).toMatchObject({
    retry: 'Failed: repeated with growing waits until it succeeds (maxAge 1h)',
    rejectUnauthorized: 'No: certificates are not verified',
    disabled: 'Disabled',
    format: 'JSON',
    json: '{"a":1}',
    secrets: 'A, B',
  });
});

it('knows the topics of each scope, and that an empty one means none', () => {
  expect(topicsOf({}, 'sandbox').response).toBe('hook-response/{{PARTICLE_EVENT_NAME}}');
  expect(topicsOf({}, 'organization').error).toBe('{{PARTICLE_DEVICE_ID}}/hook-error/{{PARTICLE_EVENT_NAME}}');
  expect(topicsOf({ responseTopic: '' }, 'product').response).toBe('');
  expect(rows({ event: 't', url: 'u', responseTopic: '' })['responseTopic']).toMatch(/^None/);
});

it('tells the members of other types, and nothing of requests that they do not have', () => {
  const azure = rows({ integration_type: 'AzureIotHub', event: 't', hub_name: 'acme', policy_name: 'p', policy_key: '{{{KEY}}}' });
  expect(azure).toMatchObject({ integration_type: 'Azure IoT Hub', hub_name: 'acme', policy_key: '{{{KEY}}}' });
  for (const key of ['url', 'requestType', 'responseTopic']) expect(azure).not.toHaveProperty(key);
  expect(rows({ integration_type: 'GoogleMaps', api_key: '{{{KEY}}}' })).toHaveProperty('responseTopic');
});

it('leaves nothing out', () => {
  const keys = fc.constantFrom('event', 'url', 'json', 'query', 'headers', 'auth', 'filter', 'tls', 'signature', 'maxAge', 'maxPending', 'responseTemplate', 'somethingNew', 'api_key', 'topic');
  fc.assert(
    fc.property(fc.dictionary(keys, fc.string({ minLength: 1 })), (settings) => {
      const texts = Object.values(rows(settings));
      for (const value of Object.values(settings)) expect(texts).toContain(value);
    }),
  );
});
