#include "Particle.h"

const pin_t contact = D2;
bool alarm = false;

void setup() {
    pinMode(contact, INPUT_PULLUP);
}

void loop() {
    bool now = digitalRead(contact) == LOW;
    if (now != alarm) {
        alarm = now;
        Particle.publish(alarm ? "ALERT" : "RESOLVE", "Water in the cellar");
    }
    delay(1000);
}
