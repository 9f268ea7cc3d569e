#include "Particle.h"

// A random temperature; a sensor's value goes here.
const unsigned long period = 60000; // milliseconds
unsigned long last = 0;

void setup() {
}

void loop() {
    if (!Particle.connected() || (last != 0 && millis() - last < period)) {
        return;
    }
    last = millis();
    String data = String(random(60, 80));
    Particle.publish("temp", data);
}
