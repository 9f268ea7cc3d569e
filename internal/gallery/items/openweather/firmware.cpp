#include "Particle.h"

const unsigned long period = 1800000; // milliseconds
unsigned long last = 0;

void onWeather(const char *event, const char *data) {
    JSONValue weather = JSONValue::parseCopy(data);
    JSONObjectIterator i(weather);
    while (i.next()) {
        if (i.name() == "temp") {
            Log.info("outside: %.1f", i.value().toDouble());
        }
    }
}

void setup() {
    Particle.subscribe(System.deviceID() + "/hook-response/weather", onWeather);
}

void loop() {
    if (!Particle.connected() || (last != 0 && millis() - last < period)) {
        return;
    }
    last = millis();
    Particle.publish("weather", "{\"lat\":52.52,\"lon\":13.41}");
}
