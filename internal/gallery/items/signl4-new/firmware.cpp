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
        if (alarm) {
            Particle.publish("alert/new", "Cold store is warm");
        } else {
            Particle.publish("alert/resolved", "Cold store is cold again");
        }
    }
    delay(1000);
}
