// The device of Fieldhook's interactive webhook demo, for an ESP32 with the
// Arduino core. It does over plain HTTP what the Device OS program does: it
// publishes a reading under the name WebhookDemo01 once connected, every five
// minutes, and when the BOOT button is pressed, and it prints what the
// webhook's answer brings back.

#include <HTTPClient.h>
#include <WiFi.h>
#include <WiFiClientSecure.h>

#include "config.h"

const char EVENT_NAME[] = "WebhookDemo01";
const unsigned long PUBLISH_EVERY = 5UL * 60 * 1000;  // ms
const unsigned long RETRY_EVERY = 5000;               // ms
const int BUTTON = 0;                                 // BOOT, low when pressed

long nextId;         // of the next reading
double temperature;  // of an imaginary sensor
bool published = false;
bool pressed = false;
unsigned long lastPublish = 0;
unsigned long lastListen = 0;

WiFiClient plainPublish, plainListen;
WiFiClientSecure securePublish, secureListen;
HTTPClient listener;  // of the stream of answers
bool listening = false;
String line;

bool secure() { return strncmp(HUB_URL, "https:", 6) == 0; }

// Begins a request to a path of the hub, as this device.
bool begin(HTTPClient &http, WiFiClient &plain, WiFiClientSecure &tls, const String &path) {
  tls.setCACert(HUB_CERTIFICATE);
  if (!http.begin(secure() ? tls : plain, String(HUB_URL) + path)) {
    return false;
  }
  http.addHeader("Authorization", String("Bearer ") + DEVICE_TOKEN);
  return true;
}

void publishReading() {
  char data[64];
  snprintf(data, sizeof(data), "{\"id\":%ld,\"t\":%g}", nextId, temperature);
  Serial.printf("publishing %s\n", data);

  String quoted = data;
  quoted.replace("\"", "\\\"");
  HTTPClient http;
  if (begin(http, plainPublish, securePublish, "/v1/devices/events")) {
    http.addHeader("Content-Type", "application/json");
    int status = http.POST(String("{\"name\":\"") + EVENT_NAME + "\",\"data\":\"" + quoted + "\"}");
    if (status != 200) {
      Serial.printf("could not publish: %d\n", status);
    }
    http.end();
  }
  nextId++;
  temperature += -3.0 + 0.5 * random(11);  // moves by -3 to +2 degrees
}

// Opens the stream of answers to this device's events.
void listenForAnswers() {
  String path = "/v1/devices/events/" DEVICE_ID "/hook-response/" + String(EVENT_NAME);
  listener.end();
  listener.useHTTP10(true);  // without chunks, so that lines can be read as they come
  if (begin(listener, plainListen, secureListen, path)) {
    int status = listener.GET();
    listening = status == 200;
    if (!listening) {
      Serial.printf("could not listen: %d\n", status);
    }
  }
}

// Prints what came since the last call.
void printAnswers() {
  WiFiClient *stream = listener.getStreamPtr();
  listening = stream && stream->connected();
  while (stream && stream->available()) {
    char c = stream->read();
    if (c != '\n') {
      line += c;
      continue;
    }
    if (line.startsWith("event: ") || line.startsWith("data: ")) {
      Serial.println(line);
    }
    line = "";
  }
}

void setup() {
  Serial.begin(115200);
  pinMode(BUTTON, INPUT_PULLUP);
  nextId = random(1000000);
  temperature = random(40);
  WiFi.begin(WIFI_NAME, WIFI_PASSWORD);
}

void loop() {
  if (WiFi.status() != WL_CONNECTED) {
    listening = false;
    return;
  }
  if (listening) {
    printAnswers();
  } else if (lastListen == 0 || millis() - lastListen >= RETRY_EVERY) {
    lastListen = millis();
    listenForAnswers();
  }
  bool down = digitalRead(BUTTON) == LOW;
  bool due = !published || millis() - lastPublish >= PUBLISH_EVERY;
  if (due || (down && !pressed)) {
    published = true;
    lastPublish = millis();
    publishReading();
  }
  pressed = down;
}
