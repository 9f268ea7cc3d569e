// The device of Fieldhook's interactive webhook demo.
//
// It publishes a reading under the name WebhookDemo01. A webhook of the hub
// sends it on to the demo's server, and the server's answer comes back as an
// event whose name begins with this device's id.

#include "Particle.h"

SYSTEM_THREAD(ENABLED);

// A fleet update goes by this number: raise it with every release.
#define FIRMWARE_VERSION 1
PRODUCT_VERSION(FIRMWARE_VERSION);

SerialLogHandler logHandler(LOG_LEVEL_INFO);

// The webhook's trigger is a prefix. A number at the end keeps the events of
// another demo from starting this one's webhook, too.
const char EVENT_NAME[] = "WebhookDemo01";

const system_tick_t PUBLISH_EVERY = 5 * 60 * 1000;  // ms

int firmwareVersion = FIRMWARE_VERSION;  // shown as a cloud variable
int nextId;                              // of the next reading
double temperature;                      // of an imaginary sensor
bool published = false;                  // whether there was a first reading
system_tick_t lastPublish = 0;
volatile bool clicked = false;  // set by the button, cleared by loop()

void onClick(system_event_t event, int clicks) {
    clicked = true;  // publishing takes too long for a handler
}

void onAnswer(const char *name, const char *data) {
    Log.info("%s: %s", name, data ? data : "");
}

// Moves the temperature by -3 to +2 degrees in steps of a half.
void measure() {
    temperature += -3.0 + 0.5 * (HAL_RNG_GetRandomNumber() % 11);
}

void publishReading() {
    char data[160];
    memset(data, 0, sizeof(data));
    JSONBufferWriter writer(data, sizeof(data) - 1);
    writer.beginObject();
    writer.name("id").value(nextId);
    writer.name("t").value(temperature);
#if HAL_PLATFORM_POWER_MANAGEMENT
    writer.name("powerSource").value(System.powerSource());
    writer.name("soc").value(System.batteryCharge());
#endif
    writer.endObject();

    Log.info("publishing %s", data);
    if (!Particle.publish(EVENT_NAME, data)) {
        Log.error("could not publish");
    }
    nextId++;
    measure();
}

void setup() {
    nextId = HAL_RNG_GetRandomNumber() % 1000000;
    temperature = HAL_RNG_GetRandomNumber() % 40;

    Particle.variable(EVENT_NAME, firmwareVersion);
    System.on(button_click, onClick);

    // With the id in front, a device hears the answers to its own events and
    // not those to the whole fleet's.
    Particle.subscribe(System.deviceID() + "/hook-response/" + EVENT_NAME, onAnswer);
}

void loop() {
    if (!Particle.connected()) {
        return;
    }
    bool due = !published || millis() - lastPublish >= PUBLISH_EVERY;
    if (due || clicked) {
        clicked = false;
        published = true;
        lastPublish = millis();
        publishReading();
    }
}
