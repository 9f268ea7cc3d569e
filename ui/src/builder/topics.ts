import type { JsonObject } from './json';
import { asText, get, put, putText } from './mapping';

/** The topic of answers in a product, without the part that names the device. */
const shared = 'hook-response/{{PARTICLE_EVENT_NAME}}';
const prefix = /^\{\{\{?\s*(?:PARTICLE_DEVICE_ID|SPARK_CORE_ID)\s*\}\}\}?\//;

/** Whether the response topic begins with the device's id, as it does by default in products and organizations. */
export function answersOnlyDevice(doc: JsonObject): boolean {
  const topic = get(doc, 'responseTopic');
  return topic === undefined || prefix.test(asText(topic) ?? '');
}

/** Writes or removes the device's id in front of the response topic. */
export function setAnswersOnlyDevice(doc: JsonObject, on: boolean): JsonObject {
  if (on === answersOnlyDevice(doc)) return doc;
  const topic = asText(get(doc, 'responseTopic')) ?? '';
  if (!on) return putText(doc, 'responseTopic', topic.replace(prefix, '') || shared);
  if (topic === '' || topic === shared) return put(doc, 'responseTopic', undefined);
  return putText(doc, 'responseTopic', `{{{PARTICLE_DEVICE_ID}}}/${topic}`);
}
