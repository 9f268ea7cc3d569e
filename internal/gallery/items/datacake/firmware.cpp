#include "Particle.h"

SYSTEM_MODE(AUTOMATIC);

const char serial[] = "6beacdd3-c2a3-43b7-9ece-0da82687775e"; // of your Datacake device
const unsigned long period = 120000;                           // milliseconds

CloudEvent event;
unsigned long last = 0;
int counter = 1;

void publishCounter() {
    particle::Variant data;
    data.set("counter", counter);
    data.set("datacake_serial", serial);
    event.name("datacake-data");
    event.data(data);
    Particle.publish(event); // does not wait; loop sees how it ended
}

void setup() {
}

void loop() {
    if (Particle.connected() && !event.isSending() && (last == 0 || millis() - last >= period)) {
        last = millis();
        publishCounter();
    }
    if (event.isSent()) {
        counter++;
        event.clear();
    } else if (!event.isOk()) {
        event.clear(); // the same number is tried again after the period
    }
}
