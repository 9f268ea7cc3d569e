#include "Particle.h"

const unsigned long period = 300000; // milliseconds
unsigned long last = 0;

void setup() {
}

void loop() {
    if (!Particle.connected() || (last != 0 && millis() - last < period)) {
        return;
    }
    last = millis();
    static int id = random(0, 1000000);
    static float t = random(0, 40);
    t += random(-3, 3);
    String data = String::format("{\"id\":%d,\"t\":%g}", ++id, t);
    Particle.publish("WebhookDemo01", data);
}
