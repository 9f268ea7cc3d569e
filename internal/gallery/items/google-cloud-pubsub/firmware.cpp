#include "Particle.h"

const unsigned long period = 60000; // milliseconds
unsigned long last = 0;

void setup() {
}

void loop() {
    if (!Particle.connected() || (last != 0 && millis() - last < period)) {
        return;
    }
    last = millis();
    String data = String::format("{\"temp\":%.1f}", 20.0 + random(0, 50) / 10.0);
    Particle.publish("pubsub", data);
}
