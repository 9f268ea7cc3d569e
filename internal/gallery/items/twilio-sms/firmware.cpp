#include "Particle.h"

const pin_t contact = D2;
bool before = false;

void setup() {
    pinMode(contact, INPUT_PULLUP);
}

void loop() {
    bool now = digitalRead(contact) == LOW;
    if (now && !before) {
        Particle.publish("sms", "{\"BODY\":\"Pump 3 has stopped\"}");
    }
    before = now;
    delay(50); // lets the contact settle
}
