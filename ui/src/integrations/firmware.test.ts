import { expect, it } from 'vitest';
import { arduino, cpp, curl, deviceOs, programOf, sampleData, shell, subscriptionOf, textOf } from './firmware';

const hub = { base: 'http://127.0.0.1:8080', publish: '/v1/devices/events', stream: '/v1/devices/events' };

it('subscribes to what is known of a topic before the event', () => {
  expect(subscriptionOf('{{PARTICLE_DEVICE_ID}}/hook-response/{{{PARTICLE_EVENT_NAME}}}', 'temp')).toEqual({ pieces: [{ device: true }, { text: '/hook-response/temp' }], whole: true });
  expect(subscriptionOf('hook-response/{{PARTICLE_EVENT_NAME}}', 'temp')).toEqual({ pieces: [{ text: 'hook-response/temp' }], whole: true });
  expect(subscriptionOf('answers/{{{kind}}}/x', 'temp')).toEqual({ pieces: [{ text: 'answers/' }], whole: false });
  expect(subscriptionOf('{{{kind}}}', 'temp')).toBeUndefined();
  const s = subscriptionOf('a/{{SPARK_CORE_ID}}/b', 'temp');
  expect(s && textOf(s, 'api')).toBe('a/api/b');
});

it('makes data of the variables in the templates', () => {
  expect(sampleData({ json: { a: '{{{t}}}', b: '{{{JSON: sensor.h}}}', c: '{{{PARTICLE_EVENT_VALUE}}}', d: '{{{KEY}}}', e: '{{LEDGER.x.y}}' }, secrets: ['KEY'] })).toBe('{"t":21.5,"sensor":{"h":21.5}}');
  expect(sampleData({ body: '{{{PARTICLE_EVENT_VALUE}}}' })).toBe('21.5');
  expect(sampleData({ body: '{{#list}}{{.}}{{/list}}' })).toBe('21.5');
  expect(sampleData({ url: 'https://a/{{{__proto__.x}}}' })).toBe('{"__proto__":{"x":21.5}}');
});

it('writes a Device OS program for the integration, scoped to the device in products', () => {
  const program = deviceOs(programOf({ event: 'temp' }, 'product'));
  expect(program).toContain('Particle.subscribe(System.deviceID() + "/hook-response/temp", onAnswer);');
  expect(program).toContain('Particle.subscribe(System.deviceID() + "/hook-error/temp", onFailure);');
  expect(program).toContain('Particle.publish("temp", "21.5");');
  expect(program).not.toContain('each of your devices');
  expect(deviceOs(programOf({ event: 'temp' }, 'sandbox'))).toContain('Particle.subscribe("hook-response/temp", onAnswer);');
  const mixed = deviceOs(programOf({ event: 't', responseTopic: 'a/{{PARTICLE_DEVICE_ID}}/b' }, 'sandbox'));
  expect(mixed).toContain('Particle.subscribe(String("a/") + System.deviceID() + "/b", onAnswer);');
  const hub = deviceOs(programOf({ event: 't', integration_type: 'AzureIotHub' }, 'sandbox'));
  expect(hub).not.toContain('onAnswer');
  expect(hub).toContain('onFailure');
  const silent = deviceOs(programOf({ event: 't', responseTopic: '', errorResponseTopic: '' }, 'sandbox'));
  expect(silent).not.toContain('Particle.subscribe');
  expect(silent).toContain('publishes no answers');
});

it('writes texts that cannot break out of a literal', () => {
  expect(cpp('a"b\\c\n??=')).toBe('"a\\"b\\\\c\\n?\\?="');
  expect(shell("it's; rm -rf /")).toBe("'it'\\''s; rm -rf /'");
  const program = programOf({ event: 'a"b', json: { t: '{{{t}}}' } }, 'sandbox');
  expect(curl(program, hub)).toContain(`-d '{"name":"a\\"b","data":"{\\"t\\":21.5}"}'`);
  expect(arduino(program, hub)).toContain('"a\\\\\\"b"');
});

it('speaks to the hub as it is reached', () => {
  const program = programOf({ event: 'temp' }, 'product');
  expect(curl(program, hub)).toContain('curl -sSN http://127.0.0.1:8080/v1/devices/events/api/hook-response/temp');
  expect(arduino(program, hub)).not.toContain('Secure');
  expect(arduino(program, { ...hub, base: 'https://hub.example.org' })).toContain('WiFiClientSecure client;');
});
