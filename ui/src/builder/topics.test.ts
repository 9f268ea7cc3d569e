import fc from 'fast-check';
import { expect, it } from 'vitest';
import { object, text } from './json';
import { getText, put } from './mapping';
import { answersOnlyDevice, setAnswersOnlyDevice } from './topics';

const withTopic = (topic: string) => put(object(), 'responseTopic', text(topic));

it('is on by default, and turning it off and on again changes nothing', () => {
  expect(answersOnlyDevice(object())).toBe(true);
  const off = setAnswersOnlyDevice(object(), false);
  expect(getText(off, 'responseTopic')).toBe('hook-response/{{PARTICLE_EVENT_NAME}}');
  expect(setAnswersOnlyDevice(off, true)).toEqual(object());
});

it('reads every spelling of the device id', () => {
  for (const topic of ['{{PARTICLE_DEVICE_ID}}/a', '{{{PARTICLE_DEVICE_ID}}}/a', '{{ SPARK_CORE_ID }}/a']) {
    expect(answersOnlyDevice(withTopic(topic))).toBe(true);
    expect(getText(setAnswersOnlyDevice(withTopic(topic), false), 'responseTopic')).toBe('a');
  }
  expect(answersOnlyDevice(withTopic('a/{{PARTICLE_DEVICE_ID}}'))).toBe(false);
});

it('is its own inverse for topics without the id', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), (topic) => {
      const doc = withTopic(topic);
      fc.pre(!answersOnlyDevice(doc) && topic !== 'hook-response/{{PARTICLE_EVENT_NAME}}');
      const on = setAnswersOnlyDevice(doc, true);
      expect(answersOnlyDevice(on)).toBe(true);
      expect(setAnswersOnlyDevice(on, false)).toEqual(doc);
    }),
  );
});
