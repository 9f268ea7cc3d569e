import type { Members } from './model';
import { asText, topicsOf } from './settings';

/**
 * Programs that trigger one integration and receive its answers, for three kinds
 * of publishers. They are made from the settings, so that they work as they are.
 */

type Kind = 'sandbox' | 'product' | 'organization';

/** A piece of a topic: a text, or the place of the id of the device that published. */
export type Piece = { text: string } | { device: true };

/** What to subscribe to; `whole` = the topic has nothing behind it that is known only later. */
export type Subscription = { pieces: Piece[]; whole: boolean };

const tag = /\{\{\{\s*([^{}]+?)\s*\}\}\}|\{\{\s*&?\s*([^{}]+?)\s*\}\}/g;

/**
 * The beginning of the topic that is known before the event: subscriptions go by
 * the beginning of a name. undefined = nothing is known, or there is no topic.
 */
export function subscriptionOf(topic: string, event: string): Subscription | undefined {
  const pieces: Piece[] = [];
  let at = 0;
  let whole = true;
  for (const match of topic.matchAll(tag)) {
    pieces.push({ text: topic.slice(at, match.index) });
    at = match.index + match[0].length;
    const name = match[1] ?? match[2];
    if (name === 'PARTICLE_DEVICE_ID' || name === 'SPARK_CORE_ID') pieces.push({ device: true });
    else if (name === 'PARTICLE_EVENT_NAME' || name === 'SPARK_EVENT_NAME') pieces.push({ text: event });
    else {
      whole = false;
      break;
    }
  }
  if (whole) pieces.push({ text: topic.slice(at) });
  const joined = join(pieces);
  return joined.length ? { pieces: joined, whole } : undefined;
}

/** Puts neighbouring texts together and drops empty ones. */
function join(pieces: Piece[]): Piece[] {
  const out: Piece[] = [];
  for (const piece of pieces) {
    const last = out.at(-1);
    if ('text' in piece && piece.text === '') continue;
    if ('text' in piece && last && 'text' in last) last.text += piece.text;
    else out.push({ ...piece });
  }
  return out;
}

/** The topic with a word for the device's id. */
export function textOf(s: Subscription, device: string): string {
  return s.pieces.map((p) => ('text' in p ? p.text : device)).join('');
}

const predefined = /^(PARTICLE_|SPARK_|PRODUCT_ID$|PRODUCT_USER_ID$|PRODUCT_VERSION$|LEDGER\.)/;

/**
 * Data that fills the variables of the integration's templates: an object with
 * their members, or a reading when the templates name none.
 */
export function sampleData(s: Members): string {
  const secrets = new Set((Array.isArray(s['secrets']) ? s['secrets'] : asText(s['secrets'] ?? '').split(',')).map((name) => String(name).trim()));
  const texts = ['url', 'json', 'form', 'body', 'query', 'headers'].map((key) => (s[key] === undefined ? '' : asText(s[key])));
  const data: Members = {};
  for (const match of texts.join('\n').matchAll(tag)) {
    const name = (match[1] ?? match[2] ?? '').replace(/^JSON:\s*/, '');
    if (!/^[\w-]+(\.[\w-]+)*$/.test(name) || predefined.test(name) || secrets.has(name)) continue;
    put(data, name.split('.'), 21.5);
  }
  return Object.keys(data).length ? JSON.stringify(data) : '21.5';
}

function put(into: Members, [first = '', ...rest]: string[], value: unknown) {
  if (!Object.hasOwn(into, first)) Object.defineProperty(into, first, { value: rest.length ? {} : value, enumerable: true, writable: true, configurable: true });
  const inner = into[first];
  if (rest.length && inner && typeof inner === 'object') put(inner as Members, rest, value);
}

/** A text as a C++ literal. */
export function cpp(text: string): string {
  const escaped = text.replace(/[\\"]/g, '\\$&').replace(/\n/g, '\\n').replace(/\r/g, '\\r').replace(/\t/g, '\\t');
  return `"${escaped.replace(/\?\?/g, '?\\?')}"`;
}

/** A text for a POSIX shell. */
export function shell(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

function cppTopic(s: Subscription): string {
  const parts = s.pieces.map((p) => ('text' in p ? cpp(p.text) : 'System.deviceID()'));
  const [first = '', ...rest] = parts;
  // Two literals cannot be added in C++, so the first of several is made a String.
  return s.pieces[0] && 'text' in s.pieces[0] && rest.length ? [`String(${first})`, ...rest].join(' + ') : parts.join(' + ');
}

/** Answers come in parts, `/0`, `/1` and so on, unless the integration says otherwise. */
const partsNote = '// Long answers come in parts; the name ends with the number of the part: /0, /1 …';

export type Program = { event: string; data: string; answer: Subscription | undefined; failure: Subscription | undefined; chunked: boolean; one: boolean };

/** What a program has to know of an integration. */
export function programOf(s: Members, kind: Kind): Program {
  const type = s['integration_type'] ?? 'Webhook';
  const event = asText(s['event'] ?? '') || (type === 'GoogleMaps' ? 'deviceLocator' : 'my-event');
  const answers = type === 'Webhook' || type === 'GoogleMaps'; // the other types bring none back
  const topics = topicsOf(s, kind);
  const whole = s['unchunked'] === true || s['unchunked'] === 'true';
  return {
    event,
    data: sampleData(s),
    answer: answers && topics.response ? subscriptionOf(topics.response, event) : undefined,
    failure: topics.error ? subscriptionOf(topics.error, event) : undefined,
    chunked: !whole,
    one: kind === 'sandbox',
  };
}

export function deviceOs(p: Program): string {
  const heard = [p.answer && `  Particle.subscribe(${cppTopic(p.answer)}, onAnswer);`, p.failure && `  Particle.subscribe(${cppTopic(p.failure)}, onFailure);`].filter(Boolean);
  const shared = [p.answer, p.failure].some((s) => s && !s.pieces.some((piece) => 'device' in piece));
  return `#include "Particle.h"

SYSTEM_THREAD(ENABLED);

SerialLogHandler logs(LOG_LEVEL_INFO);

const std::chrono::milliseconds period = 5min;
unsigned long last = 0;
${p.answer ? `\nvoid onAnswer(const char *event, const char *data) {\n${p.chunked ? `  ${partsNote}\n` : ''}  Log.info("%s: %s", event, data ? data : "");\n}\n` : ''}${p.failure ? '\nvoid onFailure(const char *event, const char *data) {\n  Log.error("%s: %s", event, data ? data : "");\n}\n' : ''}
void setup() {
${heard.length ? heard.join('\n') : '  // This integration publishes no answers.'}${shared && p.one ? '\n  // Without the device id in the topic, each of your devices hears the answers for all of them.' : ''}
}

void loop() {
  if (Particle.connected() && (last == 0 || millis() - last >= period.count())) {
    last = millis();
    Particle.publish(${cpp(p.event)}, ${cpp(p.data)});
  }
}
`;
}

/** Where the hub is, and the paths below it. */
export type Hub = { base: string; publish: string; stream: string };

const encode = (text: string) => text.split('/').map(encodeURIComponent).join('/');

export function arduino(p: Program, hub: Hub): string {
  const secure = hub.base.startsWith('https:');
  return `#include <WiFi.h>
#include <HTTPClient.h>${secure ? '\n#include <WiFiClientSecure.h>' : ''}

const char *network = "my network";
const char *password = "its password";
const char *token = "the device's token"; // from the page of the device

${secure ? 'WiFiClientSecure' : 'WiFiClient'} client;

void setup() {
  Serial.begin(115200);
  WiFi.begin(network, password);
  while (WiFi.status() != WL_CONNECTED) delay(200);${secure ? "\n  // For a first try only: give setCACert the authority of the hub's certificate instead.\n  client.setInsecure();" : ''}
}

int publishEvent(const String &data) {
  HTTPClient http;
  http.begin(client, ${cpp(`${hub.base}/v1/devices/events`)});
  http.addHeader("Authorization", String("Bearer ") + token);
  http.addHeader("Content-Type", "application/json");
  String body = String("{\\"name\\":\\"") + ${cpp(JSON.stringify(p.event).slice(1, -1))} + "\\",\\"data\\":" + data + "}";
  int status = http.POST(body);
  http.end();
  return status;
}

void loop() {
  int status = publishEvent(${cpp(JSON.stringify(p.data))});
  Serial.printf("published: %d\\n", status); // 200 = the hub has it
  delay(5 * 60 * 1000);
}
`;
}

export function curl(p: Program, hub: Hub): string {
  const body = JSON.stringify({ name: p.event, data: p.data });
  const listen = (s: Subscription | undefined, what: string) => (s ? [`# ${what}`, ...heard(s, hub), ''] : []);
  return [
    '# A token is made on the page of your account; keep it out of scripts.',
    'read -rs TOKEN',
    '',
    ...listen(p.answer, 'Answers of the web service; leave it running.'),
    ...listen(p.failure, 'Failures.'),
    '# Publish an event that triggers the integration.',
    `curl -sS ${shell(hub.base + hub.publish)} -H "Authorization: Bearer $TOKEN" \\`,
    `  -H 'Content-Type: application/json' -d ${shell(body)}`,
    '',
  ].join('\n');
}

/** The stream that a subscription is; events of the API have `api` instead of a device's id. */
function heard(s: Subscription, hub: Hub): string[] {
  return [`curl -sSN ${shell(`${hub.base}${hub.stream}/${encode(textOf(s, 'api'))}`)} -H "Authorization: Bearer $TOKEN"`];
}
